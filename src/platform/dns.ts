// DNS look-ups, as a function that tests replace.
import { Resolver } from 'node:dns/promises'

/** The TXT records of a name, each joined from its parts. A name without any answers with an empty list. @throws Error */
export async function resolveTxt(name: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 })
  try {
    return (await resolver.resolveTxt(name)).map((parts) => parts.join(''))
  } catch (error) {
    if (['ENODATA', 'ENOTFOUND'].includes((error as NodeJS.ErrnoException).code ?? '')) return []
    throw error
  }
}
