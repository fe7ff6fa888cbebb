// Numbers with what is counted, singular or plural.

/** `1 group`, `1,234 people` */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`
