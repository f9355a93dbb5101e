/// One line of a comparison: its target, and whether it was reached.
pub(crate) fn ratio(what: &str, measured: f64, target: Target) {
    let (sign, bound, reached) = match target {
        Target::AtLeast(bound) => (">=", bound, measured >= bound),
        Target::AtMost(bound) => ("<=", bound, measured <= bound),
        Target::None => return println!("  {what:<34} {measured:>7.3}"),
    };
    let mark = if reached { "reached" } else { "MISSED" };
    println!("  {what:<34} {measured:>7.3}   {sign} {bound}  {mark}");
}

/// The same for a ratio of rates, with that of the processor time spent beside it.
pub(crate) fn rates(what: &str, (wall, cpu): (f64, f64), target: Target) {
    ratio(what, wall, target);
    println!("  {:<34} {cpu:>7.3}", "… by processor time");
}

/// What a ratio should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
    None,
}
