// Addresses with parameters, without those that say nothing.

export const withParams = (path: string, params: Record<string, string | undefined>): string => {
  const present = Object.entries(params).filter((entry): entry is [string, string] => (entry[1] ?? '') !== '')
  const text = new URLSearchParams(present).toString()
  return text === '' ? path : `${path}?${text}`
}
