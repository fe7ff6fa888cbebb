// Who is about to sign in, as an application, a provider or a link says.

/** One line of a reasonable length; undefined for everything else. */
export function loginHintOf(text: string | undefined): string | undefined {
  const hint = text?.trim() ?? ''
  return hint === '' || hint.length > 320 || /\p{Cc}/u.test(hint) ? undefined : hint
}
