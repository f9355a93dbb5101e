/** A rejection that nobody looks at is no unhandled one: the state tells the same. */
export function quiet(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}

/** What a thrown value says. */
export function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
