// How a tolerance says that it was made use of: a set of names for one request.
import type { QuirkName } from '#connections/provisioning/quirks.ts'

export type Note = (quirk: QuirkName) => void

/** Enough to tell what a provider does; the log looks at no more of a long request. */
export const looksAt = { operations: 50, elements: 20, names: 60 }
