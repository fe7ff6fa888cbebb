// An identity provider is one file: whoever adds it is told here what else its users look for.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { presetNames, presets } from '#connections/providers/providers.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

describe.each(presetNames)('%s', (name) => {
  const { title, guide, screens } = presets[name]

  it('has a guide, in the table of the README and the list of the page on sign-in', () => {
    expect(existsSync(new URL(`docs/connect/${guide}`, root))).toBe(true)
    expect(read('README.md')).toContain(`](docs/connect/${guide})`)
    expect(read('docs/sign-in.md')).toContain(`](connect/${guide})`)
    expect(read(`docs/connect/${guide}`).split('\n')[0]).toContain(name === 'generic' ? 'any' : title)
  })

  it('says where each of its screens is, and names their fields in the guide', () => {
    for (const { path, fromUs = {} } of Object.values(screens)) {
      expect(path).not.toBe('')
      // A guide may write out what the screen abbreviates, and the other way round.
      const words = Object.keys(fromUs).flatMap((label) => label.match(/[A-Z]{2,}|[A-Z][a-z]+/g)?.[0] ?? [])
      expect(words.filter((word) => !read(`docs/connect/${guide}`).includes(word))).toEqual([])
    }
  })
})

it('has a file for each, and each file in the list', () => {
  const files = globSync('src/connections/providers/*.ts', { cwd: root.pathname }).map((file) => file.split('/').at(-1))
  expect(files.sort()).toEqual([...presetNames.map((name) => `${name}.ts`), 'provider.ts', 'providers.ts'].sort())
})
