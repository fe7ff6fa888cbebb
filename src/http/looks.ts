// Serves what pages show of an organization: style sheets of its colours, and its logo. ADR 0065.
import { type Context, Hono } from 'hono'
import { ownColours } from '#access/ground/colours.ts'
import { findLogo } from '#access/ground/look.ts'
import { notFound } from '#platform/errors.ts'
import type { Services } from '#src/context.ts'
import type { AppEnv } from './env.ts'
import { coloursOf, type LookColours } from './ui/look-paths.ts'

const forGood = { 'Cache-Control': 'public, max-age=31536000, immutable' }

/** Whatever a browser makes of it when somebody opens it by itself: nothing runs. */
const inert = { 'Content-Security-Policy': "default-src 'none'; sandbox" }

/** Routes at the root: `/look/<colours>.css`, `/logo/<hash>`. */
export function createLooks({ database }: Services): Hono<AppEnv> {
  const looks = new Hono<AppEnv>()
  looks.get('/look/:file', (c) => answerSheet(c, ':root'))
  looks.get('/look/preview/:file', (c) => answerSheet(c, '.look-preview'))
  looks.get('/logo/:hash', async (c) => {
    const hash = c.req.param('hash')
    const logo = /^[0-9a-f]{64}$/.test(hash) ? await findLogo(database, hash) : undefined
    if (logo === undefined) throw notFound('Page')
    c.set('isFramed', true)
    const headers = { ...c.get('frame'), ...inert, ...forGood, 'Content-Type': logo.mediaType }
    return new Response(logo.content, { headers })
  })
  return looks
}

function answerSheet(c: Context<AppEnv>, selector: string): Response {
  const colours = coloursOf(c.req.param('file') ?? '')
  if (colours === undefined) throw notFound('Page')
  c.set('isFramed', true)
  const headers = { ...c.get('frame'), ...inert, ...forGood, 'Content-Type': 'text/css; charset=utf-8' }
  return new Response(
    `${selector} {\n${declarationsOf(colours)
      .map((line) => `  ${line}\n`)
      .join('')}}\n`,
    { headers },
  )
}

/** Variables are resolved where they are declared, so those of Tabler that stand on ours are said again. */
const declarationsOf = (colours: LookColours): string[] => {
  const [accentLight, accentDark] = [
    colours.accentLight ?? ownColours.accentLight,
    colours.accentDark ?? ownColours.accentDark,
  ]
  const [backgroundLight, backgroundDark] = [
    colours.backgroundLight ?? ownColours.backgroundLight,
    colours.backgroundDark ?? ownColours.backgroundDark,
  ]
  return [
    '--glow: transparent;',
    `--accent: light-dark(${accentLight}, ${accentDark});`,
    `--accent-strong: light-dark(color-mix(in srgb, ${accentLight}, #000 25%), color-mix(in srgb, ${accentDark}, #fff 25%));`,
    `--paper: light-dark(${backgroundLight}, ${backgroundDark});`,
    '--focus: var(--accent);',
    '--tblr-primary: var(--accent);',
    '--tblr-primary-darken: var(--accent-strong);',
    '--tblr-link-color: var(--accent);',
    '--tblr-link-hover-color: var(--accent-strong);',
    '--tblr-focus-ring-color: var(--focus);',
    '--tblr-body-bg: var(--paper);',
  ]
}
