/**
 * Text from outside as PostgreSQL takes it, in JSON too: no NUL, and no half of a character, such as a cut leaves behind; both are shown as
 * U+FFFD. @param most as many UTF-16 units are kept
 */
export const storable = (text: string, most = Number.POSITIVE_INFINITY): string =>
  text.slice(0, most).replaceAll('\0', '\uFFFD').toWellFormed()
