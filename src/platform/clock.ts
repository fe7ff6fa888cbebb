// Time is a parameter: everything that needs "now" takes a Clock.

export type Clock = { now(): Date }

export const systemClock: Clock = { now: () => new Date() }
