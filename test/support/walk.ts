// Walking the pages of a list: nothing that axe finds wrong in light and in dark, nothing stopped by the policy, no error, no
// sideways scrolling on a phone, and the content there without scripts.
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { collectPageErrors, pageFaults, type View } from './browser.ts'

const views = {
  full: {},
  plain: { scripts: false },
} satisfies Record<string, View>

type Name = keyof typeof views
export type Walk = Record<Name, { page: Page; errors: string[] }>

/** @param open a page that is signed in already, where it is to be */
export async function startWalk(open: (view: View) => Promise<Page>): Promise<Walk> {
  const opened = await Promise.all(
    Object.entries(views).map(async ([name, view]) => {
      const page = await open(view)
      return [name, { page, errors: collectPageErrors(page) }] as const
    }),
  )
  return Object.fromEntries(opened) as Walk
}

/**
 * Declares the tests.
 * @param pages a path as its name, and words that the page shows
 * @param at where the path is, once the stage is set
 */
export function walkPages(
  pages: readonly (readonly [path: string, words: string])[],
  walk: () => Walk,
  at: (path: string) => string,
): void {
  describe.each(pages)('%s', (path, words) => {
    const open = async (name: Name): Promise<Walk[Name]> => {
      const { page, errors } = walk()[name]
      errors.splice(0)
      const answer = await page.goto(at(path))
      expect(answer?.status()).toBe(200)
      return { page, errors }
    }

    test('is right for everybody, in light and in dark on a phone', async () => {
      const { page, errors } = await open('full')
      expect([await pageFaults(page), errors]).toEqual([[], []])
    })

    test('says what it has to say without scripts', async () => {
      const { page } = await open('plain')
      expect(await page.textContent('main')).toContain(words)
    })
  })
}
