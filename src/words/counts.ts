// Numbers with what is counted, singular or plural.

/** `1 group`, `1,234 people` */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

/** The word alone: `ends` or `end`, for what is said of so many. */
export const agreeing = (number: number, one: string, many: string): string => (number === 1 ? one : many)

export const people = (number: number): string => counted(number, 'person', 'people')
