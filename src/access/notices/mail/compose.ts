// How a mail of ours looks: a few short paragraphs and at most one button, as plain text and as simple HTML.
import type { Letter } from '#words/letter.ts'
import { directionOf, type Language } from '#words/texts/languages.ts'
import { say } from '#words/texts/say.ts'
import { fixedColours, ownColours } from '../../ground/colours.ts'
import type { Look } from '../../ground/look.ts'

export type MailBody = { text: string; html: string }

/** A mail as it is kept; `shown` is what of it others than the recipient may read, where that is not all. */
export type KeptBody = MailBody & { shown?: MailBody }

/** Nothing of a letter is taken for HTML, whoever wrote it. */
const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replaceAll('\n', '<br>')

const quoted = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n')

/** How it looks, and in which language it is written. */
export type Style = {
  /** Of the organization that writes; undefined: Rolecall's. */
  look: Look | undefined
  language: Language
}

export function composeKept(letter: Letter, style: Style): KeptBody {
  const { action, ...rest } = letter
  if (action?.isForRecipientAlone !== true) return compose(letter, style)
  const instead = `(${action.label}: a link, for the recipient alone)`
  return { ...compose(letter, style), shown: compose({ ...rest, paragraphs: [...rest.paragraphs, instead] }, style) }
}

function compose({ paragraphs, action, quote = null, closing }: Letter, style: Style): MailBody {
  const said = quote === null || quote === '' ? [] : [quote]
  const parts = [
    ...paragraphs,
    ...said.map(quoted),
    ...(action === undefined ? [] : [`${action.label}:\n${action.url}`]),
    ...closing,
    ...linksBelow(style),
  ]
  return { text: `${parts.join('\n\n')}\n`, html: htmlOf({ paragraphs, action, said, closing, style }) }
}

type Html = Pick<Letter, 'paragraphs' | 'closing'> & {
  action: Letter['action']
  said: string[]
  style: Style
}

/** As below the pages. */
function linksBelow({ look, language }: Style): string[] {
  const pages = [
    ['frame.help', look?.helpUrl],
    ['frame.privacy', look?.privacyUrl],
    ['frame.terms', look?.termsUrl],
  ] as const
  const contact = look?.supportContact
  return [
    ...pages.flatMap(([label, url]) => (url == null ? [] : [`${say(language, label)}: ${url}`])),
    ...(contact == null ? [] : [say(language, 'frame.support', { contact })]),
  ]
}

// Mail programs know tables and inline styles, and little else.
function htmlOf({ paragraphs, action, said, closing, style }: Html): string {
  const { look, language } = style
  const each = (texts: readonly string[], style: string): string[] =>
    texts.map((text) => `<p style="margin:0 0 16px;${style}">${escaped(text)}</p>`)
  const button =
    action === undefined
      ? []
      : [
          `<p style="margin:24px 0"><a href="${escaped(action.url)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:${look?.accentLight ?? ownColours.accentLight};color:${fixedColours.light.button};font-weight:600;text-decoration:none">${escaped(action.label)}</a></p>`,
          `<p style="margin:0 0 16px;font-size:13px;color:#55625f">${escaped(action.url)}</p>`,
        ]
  const quotes = said.map(
    (text) =>
      `<blockquote style="margin:0 0 16px;padding:4px 16px;border-left:3px solid #c3ccc8">${escaped(text)}</blockquote>`,
  )
  const inner = [...each(paragraphs, ''), ...quotes, ...button, ...each(closing, 'font-size:13px;color:#55625f')]
  const name = look?.ownName == null ? '' : `<p style="margin:0 0 16px;font-weight:650">${escaped(look.ownName)}</p>`
  const links = each(linksBelow(style), 'margin:0;font-size:13px;color:#55625f').join('')
  const card = `<td style="padding:32px;border-radius:12px;background:#ffffff;color:#25302e;font:15px/1.55 system-ui,-apple-system,'Segoe UI',sans-serif">${name}${inner.join('')}${links}</td>`
  return `<!doctype html><html lang="${language}" dir="${directionOf(language)}"><body style="margin:0;padding:24px;background:${look?.backgroundLight ?? ownColours.backgroundLight}"><table role="presentation" cellpadding="0" cellspacing="0" align="center" width="100%" style="max-width:520px"><tr>${card}</tr></table></body></html>`
}
