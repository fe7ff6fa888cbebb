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

  it('says what to paste where, by the names of our values', () => {
    const pasted = Object.entries(screens).flatMap(([protocol, { fromUs = {} }]) =>
      Object.values(fromUs).map((value) => `${protocol} ${value}`),
    )
    const known =
      /^(saml|oidc) (acsUrl|entityId|sloUrl|loginUrl|spMetadataUrl|redirectUri|postLogoutRedirectUri|backchannelLogoutUri|frontchannelLogoutUri|regex of acsUrl)$|^scim (scimBaseUrl(\?.*)?|token)$/
    expect(pasted.filter((value) => !known.test(value))).toEqual([])
    expect(screens.saml?.path).not.toBe('')
    expect(screens.oidc?.path).not.toBe('')
  })
})

it('has a file for each, and each file in the list', () => {
  const files = globSync('src/connections/providers/*.ts', { cwd: root.pathname }).map((file) => file.split('/').at(-1))
  expect(files.sort()).toEqual([...presetNames.map((name) => `${name}.ts`), 'provider.ts', 'providers.ts'].sort())
})
