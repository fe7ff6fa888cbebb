// Settings: the e-mail domains of the organization, proven by DNS.
import { type Context, Hono } from 'hono'
import { addDomain, bindDomain, removeDomain, verifyDomain } from '#connections/domains/change-domains.ts'
import { type DomainRecord, getDomain, listDomains, txtRecordOf } from '#connections/domains/domains.ts'
import { type Connection, listConnections } from '#connections/sign-in/connections.ts'
import { readForm } from '#http/read-form.ts'
import { Buttons, SmallLink } from '#http/ui/buttons.tsx'
import { EmptyState } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { Confirm, typedState } from '../ui/confirm.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, isRefused } from '../ui/forms.ts'
import { Badge, ButtonForm, CopyField, Panel, type Tone } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { SettingsFrame } from './settings-frame.tsx'

const tones: Record<DomainRecord['status'], { tone: Tone; word: string }> = {
  pending: { tone: 'warning', word: 'Waiting for the DNS record' },
  verified: { tone: 'good', word: 'Proven' },
  lapsed: { tone: 'bad', word: 'The DNS record is gone' },
}

/** @returns an app to be mounted at `/console/settings/domains` */
export function createDomains(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', (c) => showDomains(c, emptyForm))
  pages.post('/', (c) =>
    submit(c, { again: (state) => showDomains(c, state) }, async (form) => {
      await addDomain(c.get('ctx'), { name: form['name'] ?? '' })
      return '/console/settings/domains?done=created'
    }),
  )
  pages.post('/:id/verify', async (c) => {
    const { status } = await verifyDomain(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/console/settings/domains?done=${status === 'verified' ? 'verified' : 'unverified'}`, 303)
  })
  pages.post('/:id/connections', async (c) => {
    const form = await readForm(c)
    const connectionIds = Object.keys(form).flatMap((name) => /^connection\.(.+)$/.exec(name)?.[1] ?? [])
    await bindDomain(c.get('ctx'), { domain: c.req.param('id'), connectionIds })
    return c.redirect('/console/settings/domains?done=saved', 303)
  })
  pages.get('/:id/remove', async (c) => showRemove(c, await getDomain(c.get('ctx'), c.req.param('id')), emptyForm))
  pages.post('/:id/remove', async (c) => {
    const domain = await getDomain(c.get('ctx'), c.req.param('id'))
    const state = typedState(await readForm(c), domain.name)
    if (isRefused(state)) return showRemove(c, domain, state)
    await removeDomain(c.get('ctx'), domain.id)
    return c.redirect('/console/settings/domains?done=deleted', 303)
  })
  return pages
}

async function showDomains(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [domains, connections] = await Promise.all([listDomains(frame.ctx), listConnections(frame.ctx)])
  const mayWrite = isPermitted(frame.ctx, 'connections.write')
  const page = (
    <SettingsFrame frame={frame} tab="domains">
      {domains.length === 0 ? (
        <EmptyState
          title="No domain yet"
          text="With a proven domain, people sign in by their address alone, and invited or provisioned people are recognized by it."
        />
      ) : (
        domains.map((domain) => <DomainPanel {...{ domain, mayWrite, connections }} />)
      )}
      {!mayWrite ? null : (
        <Panel title="Add a domain" id="add">
          <PostForm action="/console/settings/domains" state={state}>
            <Field {...field(state, 'name')} label="Domain" placeholder="example.com" maxlength={253} />
            <Buttons submit="Add" />
          </PostForm>
        </Panel>
      )}
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}

type DomainPanelProps = { domain: DomainRecord; mayWrite: boolean; connections: readonly Connection[] }

const DomainPanel = ({ domain, mayWrite, connections }: DomainPanelProps) => {
  const { id, name, status, verifiedBy, checkedAt } = domain
  const record = txtRecordOf(domain)
  return (
    <Panel
      title={name}
      id={id}
      lead={
        <>
          <Badge tone={tones[status].tone}>{tones[status].word}</Badge>{' '}
          {verifiedBy === 'operator' ? 'vouched for by the operator' : null} Last checked{' '}
          <Time at={checkedAt} empty="never" />
        </>
      }
      actions={
        mayWrite ? (
          <>
            <ButtonForm action={`/console/settings/domains/${id}/verify`} label="Check now" kind="btn-sm" />
            <SmallLink href={`/console/settings/domains/${id}/remove`}>
              Remove<span class="visually-hidden"> {name}</span>
            </SmallLink>
          </>
        ) : null
      }
    >
      {status === 'verified' ? null : (
        <>
          <CopyField id={`${id}-name`} label="Name of the TXT record" value={record.name} />
          <CopyField id={`${id}-value`} label="Its value" value={record.value} />
        </>
      )}
      <Vouching {...{ domain, mayWrite, connections }} />
    </Panel>
  )
}

/** Which connections are believed about addresses in the domain. */
const Vouching = ({ domain: { id, name, connectionIds }, mayWrite, connections }: DomainPanelProps) => {
  const bound = connections.filter((connection) => connectionIds.includes(connection.id))
  const who =
    bound.length === 0
      ? `Any connection may recognize and create people by an address at ${name}.`
      : `Only ${bound.map((each) => each.name).join(', ')} may recognize and create people by an address at ${name}.`
  if (!mayWrite || connections.length === 0) return <p>{who}</p>
  return (
    <PostForm action={`/console/settings/domains/${id}/connections`}>
      <p>{who}</p>
      {connections.map((connection) => (
        <Check
          name={`connection.${connection.id}`}
          id={`${id}-${connection.id}`}
          label={connection.name}
          isChecked={connectionIds.includes(connection.id)}
        />
      ))}
      <p class="form-hint">Without a tick at any of them, all count.</p>
      <Buttons submit="Save the connections" />
    </PostForm>
  )
}

async function showRemove(c: Context<ConsoleEnv>, domain: DomainRecord, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const { id, name, status } = domain
  const page = (
    <SettingsFrame frame={frame} tab="domains">
      <h2>Remove {name}</h2>
      <Confirm
        action={`/console/settings/domains/${id}/remove`}
        effects={
          status === 'verified'
            ? [
                `People with an address at ${name} are no longer led to your identity provider by it.`,
                'People with such an address are no longer created at their first sign-in, and count as guests.',
                'Nobody is deactivated by it. Another organization may prove the domain from now on.',
              ]
            : ['The DNS record no longer counts. No user is deactivated.']
        }
        word={name}
        submit="Remove the domain"
        back="/console/settings/domains"
        state={state}
      />
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}
