// People whom a directory asked for and whom the organization has from elsewhere: what would change for each, to be confirmed or
// refused, one by one or all.
import { type Context, Hono } from 'hono'
import { type AdoptionRequest, listAdoptionRequests } from '#access/people/adoption/adoption-requests.ts'
import { type AdoptionOutcome, decideAdoptions } from '#access/people/adoption/decide-adoption.ts'
import { getDirectory } from '#connections/directories/directories.ts'
import { asBrought } from '#directory/adopt-user.ts'
import type { Attributes } from '#directory/users.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { Time } from '#http/ui/time.tsx'
import { isId } from '#platform/ids.ts'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Badge, ButtonForm, Pager, type Tone } from '../ui/parts.tsx'

const pageSize = 50

const statusWords: Record<AdoptionRequest['status'], { word: string; tone: Tone }> = {
  pending: { word: 'Waits', tone: 'warning' },
  adopted: { word: 'Taken over', tone: 'good' },
  refused: { word: 'Refused', tone: 'bad' },
}

const reasonWords: Record<AdoptionRequest['reason'], string> = {
  never: 'This directory takes over nobody',
  confirm: 'Each has to be confirmed',
  unverified: 'Their address is in no verified domain',
  manager: 'They manage something',
  taken_over: 'Another directory took them over from this one',
  refused: 'It was refused before',
  emergency_account: 'It is an emergency account',
}

/** @returns an app to be mounted at `/console/directories/:id/adoptions` */
export function createAdoptionPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', (c) => show(c, []))
  pages.post('/', async (c) => {
    const form = await readForm(c)
    const directoryId = c.req.param('id') ?? ''
    const requests = form['request'] === undefined || form['request'] === '' ? 'all' : [form['request']]
    const decision = form['decision'] === 'refuse' ? 'refuse' : 'adopt'
    const outcomes = await decideAdoptions(c.get('ctx'), { directoryId, requests, decision })
    const failed = outcomes.filter(({ error }) => error !== null)
    if (failed.length > 0) return show(c, failed)
    return c.redirect(`/console/directories/${directoryId}/adoptions?done=saved`, 303)
  })
  return pages
}

async function show(c: Context<ConsoleEnv>, failed: readonly AdoptionOutcome[]): Promise<Response> {
  const [frame, directoryId, from] = [frameOf(c), c.req.param('id') ?? '', c.req.query('after')]
  const directory = await getDirectory(frame.ctx, directoryId)
  const after = from !== undefined && isId('ado', from) ? from : undefined
  const found = await listAdoptionRequests(frame.ctx, { directoryId, after, limit: pageSize + 1 })
  const requests = found.slice(0, pageSize)
  const home = `/console/directories/${directoryId}/adoptions`
  const waiting = requests.filter(({ status }) => status === 'pending').length
  const mayDecide = isPermitted(frame.ctx, 'directories.write') && isPermitted(frame.ctx, 'users.write')
  const next = found.length > pageSize ? `${home}?after=${requests.at(-1)?.id}` : undefined
  const trail = [...sectionTrail('directories'), { label: directory.name, href: `/console/directories/${directoryId}` }]
  const page = (
    <ConsolePage
      frame={frame}
      section="directories"
      title="People it asked for"
      lead={`${directory.name} brings them, and you have them from elsewhere. Confirmed, each stays the same person with roles, groups and password, and the directory decides from then on.`}
      trail={trail}
    >
      {failed.map(({ id, error }) => (
        <Alert kind="danger" title={`${nameIn(requests, id)}: ${error ?? ''}`} />
      ))}
      {requests.length === 0 ? (
        <EmptyState title="Nobody waits" text="The directory has asked for nobody whom you have from elsewhere." />
      ) : (
        <Table
          caption="The newest first"
          columns={['Person', 'Comes from', 'Would change', 'Why it waits', 'Last asked', 'Decision']}
          rows={requests.map((request) => [
            <Person user={request.user} />,
            request.user.directory?.name ?? 'No directory',
            <Changes request={request} />,
            reasonWords[request.reason],
            <Time at={request.lastSeenAt} empty="Never" />,
            <Decision {...{ request, mayDecide, home }} />,
          ])}
        />
      )}
      {waiting > 1 && mayDecide ? (
        <div class="actions">
          <ButtonForm action={home} label="Confirm all who wait" kind="btn-primary" fields={{ decision: 'adopt' }} />
        </div>
      ) : null}
      <Pager shown={requests.length} next={next} />
    </ConsolePage>
  )
  return renderPage(c, page, { status: failed.length === 0 ? 200 : 409 })
}

const nameIn = (requests: readonly AdoptionRequest[], id: string): string =>
  requests.find((request) => request.id === id)?.user.userName ?? 'One of them'

const Person = ({ user: { id, userName, displayName, managesAnything } }: Pick<AdoptionRequest, 'user'>) => (
  <>
    <a href={`/console/users/${id}`}>{displayName ?? userName}</a>
    {displayName === null ? null : <div class="under">{userName}</div>}
    {managesAnything ? <Badge tone="warning">Manages something</Badge> : null}
  </>
)

type Change = { label: string; before: string; after: string }

/** What people recognize of a value: a text, the addresses of a list, the parts of a name. */
function wordsOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value))
    return value.map((each) => wordsOf((each as { value?: unknown } | null)?.value ?? each)).join(', ')
  if (typeof value === 'object') return Object.values(value).map(wordsOf).join(' ')
  return String(value)
}

const labels: Record<string, string> = { name: 'First and last name', emails: 'E-mail address' }

/** Attributes one by one; those of an extension, too. */
function changesOf(before: Attributes, after: Attributes): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name) => {
    if (name.includes(':')) return changesOf(partsOf(before[name]), partsOf(after[name]))
    return [{ label: labels[name] ?? name, before: wordsOf(before[name]), after: wordsOf(after[name]) }]
  })
}

const partsOf = (value: unknown): Attributes =>
  typeof value === 'object' && value !== null ? (value as Attributes) : {}

/** What the directory's word changes of the person, as taking them over would. */
const Changes = ({ request: { user, content } }: { request: AdoptionRequest }) => {
  const after = asBrought(content)(user)
  const changes = [
    { label: 'User name', before: user.userName, after: after.userName },
    { label: 'Name', before: user.displayName ?? '', after: after.displayName ?? user.displayName ?? '' },
    ...changesOf(user.attributes, after.attributes),
  ].filter((change) => change.before !== change.after)
  const ends = content.isActive === false && user.status !== 'inactive'
  if (changes.length === 0 && !ends) return <>Nothing</>
  return (
    <>
      {changes.map(({ label, before, after: now }) => (
        <div>
          {label}: {before === '' ? 'none' : before} → {now === '' ? 'none' : now}
        </div>
      ))}
      {ends ? <Badge tone="bad">Deactivated by it</Badge> : null}
    </>
  )
}

const Named = ({ verb, who }: { verb: string; who: string }) => (
  <>
    {verb}
    <span class="visually-hidden"> {who}</span>
  </>
)

type DecisionProps = { request: AdoptionRequest; mayDecide: boolean; home: string }

const Decision = ({ request, mayDecide, home }: DecisionProps) => {
  const { id, status, user } = request
  const badge = <Badge tone={statusWords[status].tone}>{statusWords[status].word}</Badge>
  if (status === 'adopted' || !mayDecide) return badge
  const who = user.displayName ?? user.userName
  const button = (verb: string, decision: string) => (
    <ButtonForm action={home} label={<Named {...{ verb, who }} />} kind="btn-sm" fields={{ decision, request: id }} />
  )
  return (
    <div class="actions">
      {status === 'refused' ? badge : null}
      {button(status === 'refused' ? 'Confirm after all' : 'Confirm', 'adopt')}
      {status === 'refused' ? null : button('Refuse', 'refuse')}
    </div>
  )
}
