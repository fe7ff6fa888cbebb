// Links of our pages to each other, to files, and to headings.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isMarkdown, type Project, placeOf, type Text } from './texts.ts'

const link = /\]\(([^()\s]+)\)|^\[[^\]]+\]: (\S+)/gm

/** Links that lead to no file or no heading, a line each. */
export function checkLinks(root: string, { texts }: Project): string[] {
  const pages = texts.filter(isMarkdown)
  const anchors = new Map(pages.map((page) => [page.path, anchorsOf(page)]))
  return pages.flatMap((page) =>
    [...withoutCode(page.text).matchAll(link)].flatMap((found) => {
      const target = found[1] ?? found[2] ?? ''
      return isDead(root, page.path, target, anchors) ? [`${placeOf(page, found.index)}: ${target} leads nowhere`] : []
    }),
  )
}

function isDead(root: string, from: string, target: string, anchors: Map<string, ReadonlySet<string>>): boolean {
  if (/^[a-z]+:/.test(target)) return false
  const [path = '', anchor] = target.split('#')
  const to = path === '' ? from : join(dirname(from), decodeURIComponent(path))
  if (!existsSync(join(root, to))) return true
  return anchor !== undefined && anchors.has(to) && !anchors.get(to)?.has(anchor)
}

/** As GitHub makes them of headings. */
function anchorsOf({ text }: Text): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const headings = [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => {
    const plain = title.replaceAll(/\]\([^)]*\)/g, ']').toLowerCase()
    const slug = plain.replaceAll(/[^\p{L}\p{N}_\s-]/gu, '').replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  })
  return new Set([...headings, ...[...text.matchAll(/ (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)])
}

/** With as many characters as before, so that places stay. */
const blanked = (found: string): string => found.replaceAll(/[^\n]/g, ' ')

const withoutFences = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, blanked)

const withoutCode = (text: string): string => withoutFences(text).replaceAll(/`[^`\n]+`/g, blanked)
