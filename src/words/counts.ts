// Numbers with what is counted, singular or plural, and lists that say how many more there are.

/** `1 group`, `1,234 people` */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

/** `Ann, Ben and 3 more`: the first five at most. @param count of how many, where not all of them are given */
export function someOf(names: readonly string[], count = names.length): string {
  const shown = names.slice(0, 5)
  const more = count - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more.toLocaleString('en')} more` : shown.join(', ')
}
