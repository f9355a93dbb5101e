// Not before the page has loaded: until then its entry in the history is not its own.
addEventListener('load', () => setTimeout(() => history.back()));
