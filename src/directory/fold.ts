// Case folding for look-ups: NFKC, then lower case, as the SQL function fold() does; the domain of an address as the DNS has it, as
// address_key() does. Stored values keep their form.
import { domainToASCII } from 'node:url'

/** RFC 7643 §2.2 leaves the folding to the server; two names that look alike must not be two users. */
export function fold(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase()
  const at = folded.indexOf('@')
  // The full stop of Chinese and Japanese parts labels, too (RFC 3490 §3.1).
  const domain = folded.slice(at + 1).replaceAll('。', '.')
  if (at < 1 || !/\P{ASCII}/u.test(domain) || !domain.includes('.') || /[\s@]/.test(domain)) return folded
  // Both spellings of an international domain name one mailbox (RFC 5890).
  const ascii = domainToASCII(domain)
  return ascii === '' ? folded : `${folded.slice(0, at + 1)}${ascii}`
}

/** A name as it is compared: what stands around it in white space makes no other name. */
export const foldName = (name: string): string => fold(name.trim())

/** The SQL function bare() does the same: folded, and without what NFKD splits off as combining marks (Zoë is zoe). */
export const bare = (text: string): string => fold(text.normalize('NFKD').replaceAll(/[\u0300-\u036f]/g, ''))
