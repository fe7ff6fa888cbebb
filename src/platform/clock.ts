// Time is a parameter: everything that needs "now" takes a Clock.

export type Clock = { now(): Date }

export const systemClock: Clock = { now: () => new Date() }

/** The moment that is so many days from now, in ISO 8601. */
export const inDays = (clock: Clock, days: number): string =>
  new Date(clock.now().getTime() + days * 86_400_000).toISOString()
