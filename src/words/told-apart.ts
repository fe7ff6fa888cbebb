// Things that go by one name, told apart by when they were made.
import { dateInWords } from './times.ts'

type Named = { id: string; name: string; createdAt: string }

/** How it is called by itself, then by the day, the minute, and what it is known by in addresses. */
const names: readonly ((thing: Named) => string)[] = [
  ({ name }) => name,
  ({ name, createdAt }) => `${name} (since ${dateInWords(createdAt)})`,
  ({ name, createdAt }) => `${name} (since ${dateInWords(createdAt)}, ${createdAt.slice(11, 16)} UTC)`,
  ({ name, id }) => `${name} (${id.slice(-6)})`,
]

const fold = (name: string): string => name.trim().toLocaleLowerCase('en')

/** The same list, with what tells it from the others behind a name that more than one has: `Okta (since 31 January 2030)`. */
export function toldApart<T extends Named>(things: readonly T[]): T[] {
  const isAlone = (nameOf: (thing: Named) => string, thing: Named): boolean =>
    things.every((other) => other.id === thing.id || fold(nameOf(other)) !== fold(nameOf(thing)))
  return things.map((thing) => {
    const nameOf = names.find((each) => isAlone(each, thing)) ?? names.at(-1)
    return { ...thing, name: nameOf?.(thing) ?? thing.name }
  })
}
