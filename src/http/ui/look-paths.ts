// Where the look of an organization is served: a style sheet whose address is its colours, and a logo by its hash. Neither tells
// anything that the page with it does not, and both may be kept for good.

export type LookColours = {
  accentLight: string | null
  accentDark: string | null
  backgroundLight: string | null
  backgroundDark: string | null
}

/** In the order of the address; `x` stands for Rolecall's own. */
const order = ['accentLight', 'accentDark', 'backgroundLight', 'backgroundDark'] as const

/** Undefined where all colours are Rolecall's own. */
export function lookPath(colours: LookColours | undefined): string | undefined {
  const parts = order.map((name) => colours?.[name]?.slice(1) ?? 'x')
  return parts.every((part) => part === 'x') ? undefined : `/look/${parts.join('-')}.css`
}

/** The same for a part of a page alone, of the class `look-preview`. */
export const previewPath = (colours: LookColours): string | undefined =>
  lookPath(colours)?.replace('/look/', '/look/preview/')

/** Undefined where no page of ours has such an address. */
export function coloursOf(file: string): LookColours | undefined {
  const found = /^(x|[0-9a-f]{6})-(x|[0-9a-f]{6})-(x|[0-9a-f]{6})-(x|[0-9a-f]{6})\.css$/.exec(file)
  if (found === null) return undefined
  const [accentLight = null, accentDark = null, backgroundLight = null, backgroundDark = null] = found
    .slice(1)
    .map((part) => (part === 'x' ? null : `#${part}`))
  return { accentLight, accentDark, backgroundLight, backgroundDark }
}

export const logoPath = (hash: string): string => `/logo/${hash}`
