// The drawing of the floors bites: what it says must be so, and whatever is must be in it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkArchitecture } from './check-architecture.ts'
import { drawFloors, floorFaults, readDrawings } from './floors.ts'

const page = `# Architecture

## Floors inside the rooms

\`\`\`
access
  sign-in
  .  decisions
\`\`\`

\`\`\`
access/sign-in
  .
  sessions
\`\`\`

## Journeys

\`\`\`
sso
  saml
\`\`\`
`

const files = [
  'src/access/sign-in/finish.ts',
  'src/access/sign-in/sessions/start.ts',
  'src/access/decisions/evaluate.ts',
  'src/access/work.ts',
  'src/platform/ids.ts',
]
const down = [
  { from: 'src/access/sign-in/finish.ts', to: 'src/access/sign-in/sessions/start.ts' },
  { from: 'src/access/sign-in/sessions/start.ts', to: 'src/access/decisions/evaluate.ts' },
  { from: 'src/access/work.ts', to: 'src/platform/ids.ts' },
]

it('reads the drawings below its heading, and finds nothing where the imports keep to them', () => {
  expect(readDrawings(page)).toEqual([
    { folder: 'access', floors: [['sign-in'], ['.', 'decisions']] },
    { folder: 'access/sign-in', floors: [['.'], ['sessions']] },
  ])
  expect(floorFaults(files, down, readDrawings(page))).toEqual([])
})

it.each([
  ['up', 'src/access/decisions/evaluate.ts', 'src/access/sign-in/finish.ts', 'access'],
  ['to a neighbour', 'src/access/work.ts', 'src/access/decisions/evaluate.ts', 'access'],
  ['up inside a folder', 'src/access/sign-in/sessions/start.ts', 'src/access/sign-in/finish.ts', 'access/sign-in'],
])('finds an import %s', (_, from, to, folder) => {
  expect(floorFaults(files, [...down, { from, to }], readDrawings(page))).toEqual([
    `not-down-the-floors-of-${folder}: ${from} imports ${to}`,
  ])
})

it('finds a folder that is not drawn, one that is drawn in vain, and a drawing of nothing', () => {
  const [first] = readDrawings(page)
  expect(floorFaults([...files, 'src/access/grants/roles.ts'], down, readDrawings(page))).toEqual([
    'not-drawn: access/grants',
  ])
  expect(floorFaults(files.slice(1), [], readDrawings(page))).toEqual(['drawn-in-vain: access/sign-in/.'])
  expect(floorFaults(files, [], [...readDrawings(page), { folder: 'scim', floors: [['.']] }])).toEqual([
    'floors-of-nothing: scim is drawn and has no folders',
  ])
  expect(floorFaults(files, [], first === undefined ? [] : [first])).toEqual([
    'not-drawn: access/sign-in/.',
    'not-drawn: access/sign-in/sessions',
  ])
})

it('draws what it reads', () => {
  expect(drawFloors(files, down)).toEqual([
    { folder: 'access', floors: [['sign-in'], ['.', 'decisions']] },
    { folder: 'access/sign-in', floors: [['.'], ['sessions']] },
  ])
})

it('finds an import upward that is planted in a tree of files', async () => {
  const root = join(import.meta.dirname, '..')
  const drawn = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  const { faults, product } = await checkArchitecture(root, ['src'], drawn)
  expect(faults).toEqual([])
  const planted = { from: 'src/access/decisions/evaluate.ts', to: 'src/access/previews/preview.ts' }
  expect(floorFaults(product.files, [...product.imports, planted], readDrawings(drawn))).toEqual([
    `not-down-the-floors-of-access: ${planted.from} imports ${planted.to}`,
  ])
})
