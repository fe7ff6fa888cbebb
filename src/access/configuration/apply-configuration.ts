// A document of configuration is compared with what is there, shown, and carried out. What a plan shows is what its steps did in a
// transaction that was taken back, so that a plan and carrying it out cannot differ.
import { createHash } from 'node:crypto'
import { getConnection, openConnectionSecret } from '#connections/sign-in/connections.ts'
import { AppError } from '#platform/errors.ts'
import { invalidField, parseInput } from '#platform/input.ts'
import { type CallContext, inTransaction, inTrial, partOf, type Transaction } from '#src/context.ts'
import { requireEverything } from '../ceiling/ceiling.ts'
import type { Preview } from '../previews/shown.ts'
import { carryOut, type Issued, makeConnection } from './carry-out.ts'
import { compare, type Drift, itemsOf, type Step, type Work } from './compare.ts'
import { readCurrent, requireToldApart } from './current.ts'
import { Configuration, type ConfigurationDocument, type ConfigurationInput, type SecretReference } from './document.ts'
import { keyOf } from './key-of.ts'
import { idOrNull, readNames } from './names.ts'
import { type NamedGroup, resolveGroups } from './resolve-groups.ts'

/** Undefined where there is nothing at that place. @throws AppError invalid where it cannot be read */
export type ReadSecret = (reference: SecretReference) => Promise<string | undefined>

/** @throws AppError invalid for what is no document, before anything is asked of the database */
export const checkDocument = (input: ConfigurationInput): void => void parseInput(Configuration, input)

export type ConfigurationPlan = {
  /** What carrying it out may be told to insist on. */
  hash: string
  /** Empty where everything is as the document says. */
  steps: Step[]
  /** What is here, and in no section of the document that there is; it stays. */
  drift: Drift[]
  /** Who gains and who loses by all of it together. */
  preview: Preview
}

type Options = { prune?: boolean | undefined; readSecret: ReadSecret }

type Prepared = {
  works: Work[]
  drift: Drift[]
  groupOf: (work: Work) => NamedGroup | undefined
  secretOf: (work: Work) => string | undefined
}

/** Secrets by the connection's name; those whose place is empty are not among them. */
async function readSecrets(document: ConfigurationDocument, readSecret: ReadSecret): Promise<Map<string, string>> {
  const secrets = new Map<string, string>()
  for (const connection of document.connections ?? []) {
    const reference = connection.type === 'oidc' ? connection.clientSecret : undefined
    const secret = reference === undefined ? undefined : await readSecret(reference)
    if (secret !== undefined) secrets.set(connection.name, secret)
  }
  return secrets
}

const secretChange = { field: 'clientSecret', before: '(sealed)', after: '(another one)' }

/** A secret is compared where it is opened, and neither of the two is shown. */
async function withSecret(ctx: CallContext, work: Work, secret: string | undefined): Promise<Work | undefined> {
  const others = work.fields.filter(({ field }) => field !== 'clientSecret')
  const connection = work.id === undefined ? undefined : await getConnection(ctx, work.id)
  const isOther = secret !== undefined && connection !== undefined && openConnectionSecret(ctx, connection) !== secret
  const fields = isOther ? [...others, secretChange] : others
  return fields.length === 0 ? undefined : { ...work, fields }
}

function requireSecret(work: Work, secret: string | undefined): void {
  const reference = work.item['clientSecret'] as SecretReference | undefined
  if (work.act !== 'create' || reference === undefined || secret !== undefined) return
  const place = 'env' in reference ? `the environment variable ${reference.env}` : `the file ${reference.file}`
  throw invalidField(`connections.${work.key}.clientSecret`, `is to be in ${place}, where there is nothing`)
}

/** @throws AppError invalid; conflict where two things here are called alike */
async function prepare(
  tx: Transaction,
  ctx: CallContext,
  document: ConfigurationDocument,
  { prune = false, secrets }: { prune?: boolean | undefined; secrets: ReadonlyMap<string, string> },
): Promise<Prepared> {
  const part = partOf(ctx, tx)
  const current = await readCurrent(part)
  requireToldApart(current, Object.keys(document))
  const resolved = await resolveGroups(tx, ctx, itemsOf(document, 'mappings') ?? [])
  const groups = new Map(resolved.map(({ item, group }) => [keyOf('mappings', item), group]))
  const mappings = document.mappings === undefined ? {} : { mappings: resolved.map(({ item }) => item) }
  const wanted = { ...document, ...mappings } as ConfigurationDocument
  const { works, drift } = compare(current, wanted, prune)
  const groupOf = (work: Work): NamedGroup | undefined => groups.get(work.key)
  const secretOf = (work: Work): string | undefined => secrets.get(work.key)
  const settled: Work[] = []
  for (const work of works) {
    if (work.section === 'connections') {
      requireSecret(work, secretOf(work))
      const known = work.act === 'change' ? await withSecret(part, work, secretOf(work)) : work
      if (known !== undefined) settled.push(known)
    } else settled.push(work.section === 'mappings' ? waiting(work, groupOf(work)) : work)
  }
  return { works: settled, drift, groupOf, secretOf }
}

const waiting = (work: Work, group: NamedGroup | undefined): Work => {
  if (work.act !== 'create' || work.item['group'] === undefined) return work
  if (group !== undefined) return { ...work, note: `${group.members} in the group` }
  return { ...work, act: 'wait', note: 'no group is called so yet: apply it again once the group has come' }
}

const shown = ({ section, key, act, fields, note }: Work): Step => ({ section, key, act, fields, note })

/** By names, since what is made has other ids each time. */
function hashOf(steps: readonly Step[], { entries, gaining, losing, withoutAccess, administrators }: Preview): string {
  const effects = entries.map(({ brand, gained, lost, rolesGained, rolesLost, count }) => ({
    ...{ gained, lost, count, brand: typeof brand === 'object' ? (brand?.slug ?? null) : brand },
    roles: [rolesGained, rolesLost].map((roles) => roles.map(({ key }) => key)),
  }))
  const signed = { steps, effects, gaining, losing, withoutAccess: withoutAccess.count, administrators }
  return createHash('sha256').update(JSON.stringify(signed)).digest('base64url')
}

/** What waits names things, too, which are to be there before its group comes. @throws AppError invalid */
async function requireNames(ctx: CallContext, works: readonly Work[]): Promise<void> {
  const waits = works.filter(({ act }) => act === 'wait')
  if (waits.length === 0) return
  const idOf = await readNames(ctx)
  for (const work of waits) {
    idOf(work, 'role', work.item['role'])
    idOrNull(idOf, work, 'brand', work.item['brand'])
    idOrNull(idOf, work, 'directory', work.item['directory'])
  }
}

type Done = { plan: ConfigurationPlan; issued: Issued[]; prepared: Prepared }

async function perform(
  tx: Transaction,
  ctx: CallContext,
  document: ConfigurationDocument,
  options: Parameters<typeof prepare>[3],
): Promise<Done> {
  await requireEverything(tx, ctx, 'Applying a configuration')
  const prepared = await prepare(tx, ctx, document, options)
  const due = prepared.works.filter(({ act }) => act !== 'wait')
  const { preview, issued } = await carryOut(tx, ctx, due, prepared)
  await requireNames(partOf(ctx, tx), prepared.works)
  const steps = prepared.works.map(shown)
  return { plan: { hash: hashOf(steps, preview), steps, drift: prepared.drift, preview }, issued, prepared }
}

/**
 * What carrying out the document would do; nothing is changed.
 * @param prune whether mappings, policies, rules of separation, roles and brands go that the document does not have
 * @throws AppError invalid for a document that cannot be read, or that names what is not there; forbidden (reason `ceiling`) for
 *   whoever does not hold everything; whatever a step would throw
 */
export async function planConfiguration(
  ctx: CallContext,
  input: ConfigurationInput,
  { prune, readSecret }: Options,
): Promise<ConfigurationPlan> {
  const document = parseInput(Configuration, input)
  const secrets = await readSecrets(document, readSecret)
  const trial: CallContext = { ...ctx, secondPerson: 'trial' }
  return inTrial(trial, async (tx) => (await perform(tx, trial, document, { prune, secrets })).plan)
}

export type Applied = {
  plan: ConfigurationPlan
  issued: Issued[]
  /** New connections that could not be made, and why; everything else is done. */
  failed: { key: string; message: string }[]
}

/**
 * Carries the document out: all of it in one transaction, and then new connections one by one. Whatever is as it says already is
 * left alone, so that it can be carried out again.
 * @param accept throws where the plan is not to be carried out; then nothing is changed
 * @throws AppError as planning does, and what `accept` throws
 */
export async function applyConfiguration(
  ctx: CallContext,
  input: ConfigurationInput,
  { prune, readSecret, accept }: Options & { accept: (plan: ConfigurationPlan) => void },
): Promise<Applied> {
  const document = parseInput(Configuration, input)
  const secrets = await readSecrets(document, readSecret)
  const { plan, issued, prepared } = await inTransaction(ctx, async (tx) => {
    const done = await perform(tx, ctx, document, { prune, secrets })
    accept(done.plan)
    return done
  })
  const failed: Applied['failed'] = []
  for (const work of prepared.works.filter(({ section, act }) => section === 'connections' && act === 'create')) {
    try {
      await makeConnection(ctx, work, prepared.secretOf(work))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      failed.push({ key: work.key, message: error.message })
    }
  }
  return { plan, issued, failed }
}
