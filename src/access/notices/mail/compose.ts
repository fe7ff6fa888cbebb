// How a mail of ours looks: a few short paragraphs and at most one button, as plain text and as simple HTML.
import type { Letter } from '#words/letter.ts'

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

export function composeKept(letter: Letter): KeptBody {
  const { action, ...rest } = letter
  if (action?.isForRecipientAlone !== true) return compose(letter)
  const instead = `(${action.label}: a link, for the recipient alone)`
  return { ...compose(letter), shown: compose({ ...rest, paragraphs: [...rest.paragraphs, instead] }) }
}

function compose({ paragraphs, action, quote = null, closing }: Letter): MailBody {
  const said = quote === null || quote === '' ? [] : [quote]
  const parts = [
    ...paragraphs,
    ...said.map(quoted),
    ...(action === undefined ? [] : [`${action.label}:\n${action.url}`]),
    ...closing,
  ]
  return { text: `${parts.join('\n\n')}\n`, html: htmlOf({ paragraphs, action, said, closing }) }
}

type Html = Pick<Letter, 'paragraphs' | 'closing'> & { action: Letter['action']; said: string[] }

// Mail programs know tables and inline styles, and little else.
function htmlOf({ paragraphs, action, said, closing }: Html): string {
  const each = (texts: readonly string[], style: string): string[] =>
    texts.map((text) => `<p style="margin:0 0 16px;${style}">${escaped(text)}</p>`)
  const button =
    action === undefined
      ? []
      : [
          `<p style="margin:24px 0"><a href="${escaped(action.url)}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#0d6661;color:#ffffff;font-weight:600;text-decoration:none">${escaped(action.label)}</a></p>`,
          `<p style="margin:0 0 16px;font-size:13px;color:#55625f">${escaped(action.url)}</p>`,
        ]
  const quotes = said.map(
    (text) =>
      `<blockquote style="margin:0 0 16px;padding:4px 16px;border-left:3px solid #c3ccc8">${escaped(text)}</blockquote>`,
  )
  const inner = [...each(paragraphs, ''), ...quotes, ...button, ...each(closing, 'font-size:13px;color:#55625f')]
  const card = `<td style="padding:32px;border-radius:12px;background:#ffffff;color:#25302e;font:15px/1.55 system-ui,-apple-system,'Segoe UI',sans-serif">${inner.join('')}</td>`
  return `<!doctype html><html lang="en"><body style="margin:0;padding:24px;background:#f4f6f3"><table role="presentation" cellpadding="0" cellspacing="0" align="center" width="100%" style="max-width:520px"><tr>${card}</tr></table></body></html>`
}
