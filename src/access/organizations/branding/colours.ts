// Whether colours can be read on each other (WCAG 2.2, 1.4.3: at least 4.5 to 1), and the nearest that can.
import { AppError } from '#platform/errors.ts'
import { fixedColours, ownColours } from '../../ground/colours.ts'

export type Colours = {
  accentLight: string | null
  accentDark: string | null
  backgroundLight: string | null
  backgroundDark: string | null
}

type Rgb = readonly [number, number, number]

const needed = 4.5

const schemes = [
  { ...fixedColours.light, accent: 'accentLight', background: 'backgroundLight', lighter: false },
  { ...fixedColours.dark, accent: 'accentDark', background: 'backgroundDark', lighter: true },
] as const

/**
 * Texts on the background, and the accent on it, on the card and under the words of a button.
 * @throws AppError invalid (reason `contrast`) naming the ratio and the nearest colour that passes
 */
export function requireContrast(colours: Colours): void {
  for (const { accent, background, ...scheme } of schemes) {
    const [shown, page] = [colours[accent] ?? ownColours[accent], colours[background] ?? ownColours[background]]
    // Texts are darker than a light page, so the page gets away from them in the other direction.
    requireReadable(background, page, [{ colour: scheme.text, name: 'texts' }], !scheme.lighter)
    const places = [
      { colour: scheme.button, name: 'the words of a button' },
      { colour: scheme.sheet, name: 'the card' },
      { colour: page, name: 'the background' },
    ]
    requireReadable(accent, shown, places, scheme.lighter)
  }
}

type Place = { colour: string; name: string }

function requireReadable(path: keyof Colours, colour: string, places: readonly Place[], lighter: boolean): void {
  const worst = places
    .map((place) => ({ ...place, ratio: contrast(colour, place.colour) }))
    .reduce((one, other) => (other.ratio < one.ratio ? other : one))
  if (worst.ratio >= needed) return
  const passes = nearest(colour, lighter, (tried) => places.every((place) => contrast(tried, place.colour) >= needed))
  const advice = passes === undefined ? 'choose another background' : `${passes} is the nearest that passes`
  // Rounded down: 4.49 is not 4.5.
  const ratio = (Math.floor(worst.ratio * 100) / 100).toFixed(2)
  const message = `has a contrast of ${ratio} to 1 with ${worst.name} (${worst.colour}), and 4.5 is needed; ${advice}`
  throw new AppError('invalid', `${path} ${message}`, { reason: 'contrast', fields: [{ path, message }] })
}

/** The same hue, step by step nearer to white or black. */
function nearest(colour: string, lighter: boolean, passes: (tried: string) => boolean): string | undefined {
  const end = lighter ? 255 : 0
  for (let step = 1; step <= 256; step += 1) {
    const tried = hex(rgbOf(colour).map((part) => part + ((end - part) * step) / 256) as unknown as Rgb)
    if (passes(tried)) return tried
  }
  return undefined
}

/** From 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(rgbOf(one)), luminance(rgbOf(other))]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

const rgbOf = (colour: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as never

const hex = (rgb: Rgb): string => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`

const linear = (part: number): number =>
  part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4

const luminance = ([red, green, blue]: Rgb): number =>
  0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
