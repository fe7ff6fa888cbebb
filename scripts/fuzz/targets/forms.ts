// Forms of the console and of sign-in, as an administrator's browser sends them: found by following the links of the pages, and changed
// from there. An input is a path, and below it the body.
import fc from 'fast-check'
import type { TestApp } from '../../../test/support/app.ts'
import { createManager, createTestBrand } from '../../../test/support/console.ts'
import { createPerson } from '../../../test/support/people.ts'
import { createSamlConnection } from '../../../test/support/sign-in.ts'
import { mutate, pick } from '../mutate.ts'
import type { Answer, Below, Player, Target } from '../target.ts'
import { formsIn, linksIn } from './forms-of-pages.ts'

const doors = ['/console', '/login', '/account', '/account/security', '/emergency', '/login/forgot']

const values = [
  ...[
    '',
    'on',
    'x',
    '-1',
    '0',
    '99999999999999',
    '2026-02-30',
    '2026-11-28T10:00',
    'ada@example.com',
    'a@b',
    '{{usr}}',
  ],
  ...[
    '{{rol}}',
    '{{brd}}',
    '{{grp}}',
    '{{con}}',
    '{{dir}}',
    'usr_',
    '__proto__',
    'all',
    'content.*',
    '*',
    '\ufffd',
    '\0',
  ],
  ...[
    'https://idp.example.net',
    'javascript:alert(1)',
    '//example.net',
    '{"a":1}',
    '[]',
    '10.0.0.0/8',
    '::/0',
    'x'.repeat(5_000),
  ],
]

/** Without a page, what anybody could post. */
const invented = fc
  .tuple(
    fc.constantFrom(
      ...['/console/users', '/console/roles', '/console/changes', '/console/brands/new', '/console/settings', '/login'],
    ),
    fc.dictionary(fc.constantFrom('email', 'password', 'name', 'do', 'change', 'hash'), fc.constantFrom(...values), {
      maxKeys: 5,
    }),
  )
  .map(([path, fields]) => `${path}\n${new URLSearchParams(fields)}`)

export const forms: Target = {
  name: 'forms',
  says: 'forms of the console and of sign-in',
  grammar: invented,
  words: [...values, '&', '=', '%00', '%ff', '%', '+', '/new', '?'],
  mutate: mutated,
  prepare: formsPlayer,
}

/** Mostly the value of one field. */
function mutated(input: string, below: Below): string {
  const [path = '', body = ''] = input.split('\n')
  const kind = below(8)
  if (kind === 0) return `${mutate(path, below, forms.words)}\n${body}`
  if (kind === 1) return `${path}\n${mutate(body, below, forms.words)}`
  const fields: [string, string][] = [...new URLSearchParams(body)]
  for (let left = 1 + below(2); left > 0 && fields.length > 0; left -= 1) {
    const at = below(fields.length)
    const [name = '', value = ''] = fields[at] ?? []
    fields[at] = [name, below(2) === 0 ? pick(values, below) : mutate(value, below, values)]
  }
  return `${path}\n${new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value.toWellFormed()]))}`
}

const id = /\b([a-z]{3})_[0-9a-hjkmnp-tv-z]{26}\b/g
/** An administrator who did something to themselves begins anew, and so does whoever has been at it for long. */
const inputsEach = 400
const pagesEach = 4
const pagesFirst = 12
const longestPath = 2_000

type Stage = { cookie: string; ids: Map<string, string>; inputs: number }

async function formsPlayer(app: TestApp): Promise<Player> {
  const forms = new Set<string>()
  const seeds: string[] = []
  const pages = [...doors]
  const seen = new Set(pages)
  let stage = await open(app)

  const send = async (path: string, init: RequestInit): Promise<{ answer: Response; text: string }> => {
    const answer = await app.request(path, {
      ...init,
      headers: { accept: 'text/html', cookie: stage.cookie, ...(init.headers as Record<string, string>) },
    })
    const text = await answer.text()
    for (const [whole, kind = ''] of text.matchAll(id)) stage.ids.set(kind, whole)
    return { answer, text }
  }
  const note = (path: string, text: string): void => {
    for (const link of linksIn(text)
      .map(withoutIds)
      .filter((each) => !seen.has(shapeOf(each)))) {
      seen.add(shapeOf(link))
      pages.push(link)
    }
    for (const form of formsIn(text, path)) {
      const seed = withoutIds(`${form.path}\n${form.body}`)
      // A form for each of many people is one form.
      const shape = `${form.path} ${[...new URLSearchParams(form.body).keys()]}`
      if (!forms.has(shapeOf(shape))) seeds.push(seed)
      forms.add(shapeOf(shape))
    }
  }
  const filled = (text: string): string =>
    text.replace(/\{\{([a-z]{3})\}\}/g, (whole, kind: string) => stage.ids.get(kind) ?? whole)
  const look = async (): Promise<number> => {
    const next = pages.shift()
    if (next === undefined) return 200
    const path = filled(next)
    const { answer, text } = await send(path, {})
    note(path, text)
    return answer.status
  }
  const play = async (input: string): Promise<Answer> => {
    stage.inputs += 1
    if (stage.inputs > inputsEach) stage = await open(app)
    const shown = stage.inputs % pagesEach === 0 ? await look() : 200
    const [path = '', ...body] = filled(input).split('\n')
    const { answer, text } = await send(reachable(path), {
      ...{ method: 'POST', body: body.join('\n').toWellFormed() },
      headers: { ...browserHeaders(app), 'content-type': 'application/x-www-form-urlencoded' },
    })
    note(reachable(path), text)
    if (endsSession(answer)) stage = await open(app)
    return { status: Math.max(answer.status, shown) }
  }
  for (let left = pagesFirst; left > 0; left -= 1) await look()
  return { play, seeds }
}

const browserHeaders = (app: TestApp): Record<string, string> => ({
  origin: app.urls.origin,
  'sec-fetch-site': 'same-origin',
})

const withoutIds = (text: string): string => text.replace(id, '{{$1}}')

/** One page of each kind is enough. */
const shapeOf = (link: string): string => withoutIds(link).replace(/[0-9a-hjkmnp-tv-z]{26}|=[^& ]*/g, '#')

/** A path that a request can be made of, on our own host. */
const reachable = (path: string): string =>
  `/${path
    .toWellFormed()
    .replace(/^[/\\]+/, '')
    .slice(0, longestPath)}`

const endsSession = ({ headers, status }: Response): boolean =>
  headers.getSetCookie().some((line) => /rolecall_session=;|max-age=0/i.test(line)) ||
  (status === 303 && headers.get('location')?.startsWith('/login') === true)

async function open(app: TestApp): Promise<Stage> {
  const organization = await app.createOrganization()
  const { session } = await createManager(organization)
  await createPerson(organization, 'bo@example.com', 'Bo')
  await createTestBrand(organization, 'aurora', 'Aurora')
  await createSamlConnection(organization)
  await app.createDirectory(organization)
  return { cookie: session.cookie, ids: new Map(), inputs: 0 }
}
