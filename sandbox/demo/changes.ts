// Two changes at the identity providers, and how long until a host application gets the new answer.
import type { Person } from '../population.ts'
import { keyOf } from '../population.ts'
import type { Question, RolecallApi } from '../rolecall-api.ts'
import type { Cell, Output } from './output.ts'
import type { Feed } from './provisioning.ts'
import type { Brand } from './set-up.ts'

type Stage = { api: RolecallApi; brands: Map<string, Brand>; output: Output }
type Change = { what: string; question: Question; where: string; becomes: boolean; act: () => Promise<void> }

const permission = 'content.publish'

/** Okta deactivates somebody who leaves. */
export async function personLeaves(person: Person, { provider }: Feed, stage: Stage): Promise<void> {
  stage.output.line(`  ${person.displayName} leaves Northwind: ${provider.name} deactivates the user.`)
  await play(stage, [
    {
      what: 'PATCH active false',
      ...ask(stage, provider.userId(person.key), 'Aurora'),
      becomes: false,
      act: () => provider.deactivateUser(person.key),
    },
  ])
}

/** Entra ID takes somebody out of one group and puts them into another. */
export async function personMoves(person: Person, { provider }: Feed, stage: Stage): Promise<void> {
  stage.output.line(`  ${person.displayName} changes teams: ${provider.name} removes one membership and adds another.`)
  const userId = provider.userId(person.key)
  await play(stage, [
    {
      what: 'Remove from Cascade Editors',
      ...ask(stage, userId, 'Cascade'),
      becomes: false,
      act: () => provider.removeMember(keyOf('Cascade Editors'), person.key),
    },
    {
      what: 'Add to Borealis Guest Editors',
      ...ask(stage, userId, 'Borealis'),
      becomes: true,
      act: () => provider.addMember(keyOf('Borealis Guest Editors'), person.key),
    },
  ])
}

function ask({ brands }: Stage, userId: string, brandName: string): { question: Question; where: string } {
  const brand = brands.get(brandName)
  if (brand === undefined) throw new Error(`There is no brand ${brandName}`)
  return { question: { userId, permission, brandId: brand.id }, where: brandName }
}

async function play({ api, output }: Stage, changes: readonly Change[]): Promise<void> {
  const rows: Cell[][] = []
  for (const { what, question, where, becomes, act } of changes) {
    const before = await api.decide(question)
    if (before.isAllowed === becomes) {
      const answer = `${answerText(before.isAllowed)} already before "${what}"`
      throw new Error(`${permission} in ${where} is ${answer}: ${JSON.stringify(before.reason)}`)
    }
    const [after] = await Promise.all([api.timeUntil(becomes, question), act()])
    const elapsed = `${after.millis.toFixed(1)} ms`
    const asked = `${permission} in ${where}`
    rows.push([what, asked, answerCell(before.isAllowed), answerCell(after.decision.isAllowed), elapsed])
  }
  output.line()
  output.table(['The identity provider sends', 'The application asks', 'Before', 'After', 'Changed after'], rows)
  output.line()
}

function answerText(isAllowed: boolean): string {
  return isAllowed ? 'allowed' : 'refused'
}

function answerCell(isAllowed: boolean): Cell {
  return { text: answerText(isAllowed), tone: isAllowed ? 'good' : 'bad' }
}
