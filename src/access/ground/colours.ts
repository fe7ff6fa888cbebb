// The colours of pages that an organization may choose, and what they meet there: as `src/http/ui/assets/rolecall.css` has them.

/** Rolecall's own. */
export const ownColours = {
  accentLight: '#0d6661',
  accentDark: '#62cdbf',
  backgroundLight: '#f4f6f3',
  backgroundDark: '#0f1514',
} as const

/** What stays as it is: the words of a button, the card, and the softest texts. */
export const fixedColours = {
  light: { button: '#ffffff', sheet: '#ffffff', text: '#55625f' },
  dark: { button: '#06211e', sheet: '#18201e', text: '#9fb0ab' },
} as const
