/**
 * The application's events: each name with the function that listens to it. Where the other side wants an answer, the last
 * parameter is the function that takes it.
 *
 * ```ts
 * interface ServerEvents { news: (text: string) => void; question: (text: string, answer: (text: string) => void) => void }
 * ```
 */
// biome-ignore lint/suspicious/noExplicitAny: a constraint, which any function must satisfy
export type EventMap = Record<never, never> | { [name: string]: (...args: any[]) => void };

/** The function that listens to an event. Without an event map any name and any arguments will do. */
// biome-ignore lint/suspicious/noExplicitAny: where nothing is known
export type Listener<E, N extends keyof E> = E[N] extends (...args: infer A) => any ? (...args: A) => unknown : never;

/** What is sent with an event: its parameters, but for a function that takes the answer. */
// biome-ignore lint/suspicious/noExplicitAny: where nothing is known
export type EmitArgs<F> = F extends (...args: infer A) => any ? WithoutAnswer<A> : never;

// biome-ignore lint/suspicious/noExplicitAny: where nothing is known
type WithoutAnswer<A extends unknown[]> = A extends [...infer Rest, (...answer: any[]) => any] ? Rest : A;

/** The arguments that the other side answers with. */
// biome-ignore lint/suspicious/noExplicitAny: where nothing is known
export type AckArgs<F> = F extends (...args: any[]) => any
  ? // biome-ignore lint/suspicious/noExplicitAny: where nothing is known
    Parameters<F> extends [...any[], (...answer: infer A) => any]
    ? A
    : any[]
  : never;

/** What `emitWithAck` resolves with: the answer's first argument. */
export type Answer<F> = AckArgs<F> extends [] ? void : AckArgs<F>[0];

/** Any event with any arguments. */
// biome-ignore lint/suspicious/noExplicitAny: the default map
export interface AnyEvents { [name: string]: (...args: any[]) => void }
