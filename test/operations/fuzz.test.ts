// A second of each target of `npm run fuzz`, with everything of its corpus: what was found once is not there again. And the
// machine that finds finds.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildResponse } from '../../sandbox/saml-idp/response.ts'
import { corpusOf } from '../../scripts/fuzz/corpus.ts'
import { fuzz, slowMillis } from '../../scripts/fuzz/play.ts'
import { fuzzedApp } from '../../scripts/fuzz/stage.ts'
import type { Answer, Target } from '../../scripts/fuzz/target.ts'
import { faultOf } from '../../scripts/fuzz/targets/saml.ts'
import { cook, recipeIn } from '../../scripts/fuzz/targets/saml-recipe.ts'
import { targets } from '../../scripts/fuzz/targets.ts'
import type { TestApp } from '../support/app.ts'
import { cloneTemplate } from '../support/database.ts'
import { seed } from '../support/property.ts'
import { testKey } from '../support/sign-in.ts'

let app: TestApp
beforeAll(async () => {
  app = await fuzzedApp(await cloneTemplate())
})
afterAll(() => app.close())

test.each(targets.map((target) => [target.name, target] as const))(
  'hostile %s are refused in words, and in time',
  { timeout: 60_000 },
  async (name, target) => {
    const report = await fuzz(target, app, { seconds: 1, seed, corpus: corpusOf(name) })
    expect(report.finds, `--seed ${seed}`).toEqual([])
    expect(report.inputs).toBeGreaterThan(corpusOf(name).length)
  },
)

describe('what finds', () => {
  const breaking = (answer: (input: string) => Promise<Answer>): Target => ({
    ...{ name: 'broken', says: 'what breaks', words: ['[', ']'], grammar: fc.string({ minLength: 8 }) },
    prepare: async () => ({ seeds: ['ab[cd', '{"a":["b[c","d"],"e":1}'], play: answer }),
  })
  const find = async (answer: (input: string) => Promise<Answer>) =>
    (await fuzz(breaking(answer), app, { seconds: 0.5, seed, corpus: ['x'] })).finds

  test('an error of ours, made as short as it goes', async () => {
    const finds = await find(async (input) => ({ status: input.includes('[') ? 500 : 400 }))
    expect(finds.map(({ fault }) => fault)).toEqual(['it answers 500'])
    expect(finds[0]?.input).toMatch(/^(\[|"\[")$/)
  })

  test('an error that only the log has, one that nobody caught, and one that is thrown', async () => {
    const [logged] = await find(async () => {
      app.log.lines.push(JSON.stringify({ level: 50, msg: 'It failed', error: { message: 'at line 12' } }))
      return { status: 200 }
    })
    expect(logged?.fault).toBe('It failed: at line #')
    const [thrown] = await find(() => Promise.reject(new Error('no')))
    expect(thrown?.fault).toBe('it throws Error: no')
  })

  test('an answer that takes long each time, and none that took long once', async () => {
    let times = 0
    const wait = (millis: number) => new Promise<void>((done) => setTimeout(done, millis))
    const slow = await find(async () => {
      times += 1
      if (times === 1) await wait(slowMillis + 50)
      return { status: 200 }
    })
    expect(slow).toEqual([])
    const [always] = await find(async (input) => {
      if (input === 'x') await wait(slowMillis + 50)
      return { status: 200 }
    })
    expect(always).toEqual({ fault: `it takes more than ${slowMillis} ms`, input: 'x' })
  })

  test('whoever gets in by a message that nobody signed, or whose signed part was changed', () => {
    const truthful = buildResponse({
      ...{
        issuer: 'https://idp.example.net',
        acsUrl: 'https://id.example.com/acs',
        audience: 'https://id.example.com',
      },
      nameId: { value: 'alice@example.com' },
    })
    const faultIn = (change: object, who = 'alice@example.com'): string | undefined => {
      const recipe = recipeIn(JSON.stringify(change))
      return faultOf(recipe, { who, ...cook(recipe, truthful, testKey()) })
    }
    const at = (before: string, put: string, cut = 0) => ({ edits: [{ stage: 'sealed', before, at: 0, cut, put }] })
    expect(faultIn({ sign: 'none' })).toMatch('without the signature')
    expect(faultIn({ key: 'other' })).toMatch('without the signature')
    expect(faultIn({}, 'bob@example.com')).toMatch('somebody else')
    expect(faultIn(at('alice@', 'bob', 5))).toMatch('was changed')
    expect(faultIn({ sign: 'assertion', ...at('alice@', 'bob', 5) })).toMatch('was changed')
    expect(faultIn(at('</samlp:Response>', '<!-- nothing is said by it -->'))).toBeUndefined()
  })
})
