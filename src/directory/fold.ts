// Case folding for look-ups: NFKC, then lower case; the SQL function fold() does the same. Stored values keep their form.

/** RFC 7643 §2.2 leaves the folding to the server; two names that look alike must not be two users. */
export const fold = (text: string): string => text.normalize('NFKC').toLowerCase()

/** A name as it is compared: what stands around it in white space makes no other name. */
export const foldName = (name: string): string => fold(name.trim())
