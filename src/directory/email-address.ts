// Which texts of a provider's message are e-mail addresses. What only looks like one (a guest's name in Entra, a UPN) names
// nobody by a domain that the organization has proven.
import { fold } from './fold.ts'

const shape = /^[^\s@<>"(),:;\\[\]]{1,64}@[^\s@<>"(),:;\\[\]]{1,255}$/u

/** Entra calls its guests `name_partner.example.com#EXT#@tenant.example.com`: that is nobody's address, least of all there. */
const guestMark = /#ext#|%23ext%23/

/** Whether the text is an e-mail address and nothing else. */
export function isEmailAddress(text: string): boolean {
  const folded = fold(text)
  return shape.test(text) && shape.test(folded) && !guestMark.test(folded) && !/\p{C}/u.test(text)
}

/** The addresses among the texts, each once, in their order. */
export function emailAddressesIn(texts: readonly string[]): string[] {
  const byKey = new Map<string, string>()
  for (const text of texts.map((each) => each.trim()).filter(isEmailAddress)) {
    if (!byKey.has(fold(text))) byKey.set(fold(text), text)
  }
  return [...byKey.values()]
}

/** Of several lists of texts, by their rank, the addresses in the first that has any. */
export const firstEmailAddresses = (lists: readonly (readonly string[])[]): string[] =>
  lists.map(emailAddressesIn).find((addresses) => addresses.length > 0) ?? []

/**
 * What a provider states of the verification of an address, of everything it says about it: only a plain yes, or nothing at
 * all, leaves the address as it is; whatever else there is denies it.
 */
export const emailVerificationOf = (statements: readonly unknown[]): 'verified' | 'denied' | 'unknown' =>
  statements.length === 0
    ? 'unknown'
    : statements.every((statement) => statement === true || statement === 'true')
      ? 'verified'
      : 'denied'
