// What a browser could do next on a page: its links, and its forms with what stands in their fields.

export const linksIn = (html: string): string[] =>
  [...html.matchAll(/<a\b[^>]*\shref="(\/(?:console|account|login|emergency)[^"#]*)"/g)].map(([, href = '']) =>
    read(href),
  )

export type PageForm = { path: string; body: string }

/** Those that are posted. @param path of the page, where a form without an action goes */
export const formsIn = (html: string, path: string): PageForm[] =>
  [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)]
    .filter(([, tag = '']) => /method="post"/i.test(tag))
    .map(([, tag = '', inside = '']) => ({
      path: attribute(tag, 'action') ?? path,
      body: new URLSearchParams(fieldsIn(inside)).toString(),
    }))

function fieldsIn(html: string): [string, string][] {
  const fields = [...html.matchAll(/<(input|select|textarea|button)\b([^>]*)>(.*?)(?=<|$)/gs)]
  return fields.flatMap(([whole, kind, tag = '', text = '']): [string, string][] => {
    const name = attribute(tag, 'name')
    if (name === undefined) return []
    const inside = kind === 'select' ? firstOption(html.slice(html.indexOf(whole))) : text
    return [[name, attribute(tag, 'value') ?? (kind === 'button' ? '' : read(inside))]]
  })
}

const firstOption = (html: string): string => /<option\b[^>]*\svalue="([^"]*)"/.exec(html)?.[1] ?? ''

const attribute = (tag: string, name: string): string | undefined => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return found === undefined ? undefined : read(found)
}

const read = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
