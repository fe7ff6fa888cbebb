// Support access from above: asking an organization to be let in, coming in, and leaving.
import { type Context, Hono } from 'hono'
import { requireScope } from '#access/ground/platform-rights.ts'
import type { SupportAccess } from '#access/organizations/support/support-accesses.ts'
import { getPlatformOrganization } from '#access/platform/organizations/platform-organizations.ts'
import { enterSupport, leaveSupport } from '#access/platform/support/enter-support.ts'
import { type ownSupport, requestSupport, supportMinutes } from '#access/platform/support/request-support.ts'
import { sessionOf } from '#http/session.ts'
import { Buttons, LinkButton } from '#http/ui/buttons.tsx'
import { Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { requireFreshProof } from '#src/context.ts'
import { rememberSupport } from '../support/support.ts'
import type { ConsoleServices } from '../ui/env.ts'
import { filledForm } from '../ui/forms.ts'
import { Badge, ButtonForm, Panel } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { frameOf, type PlatformEnv, PlatformPage } from './frame.tsx'

const pathOf = (id: string): string => `/platform/organizations/${id}`

export function createSupportPages({ clock }: ConsoleServices): Hono<PlatformEnv> {
  const pages = new Hono<PlatformEnv>()
  pages.get('/organizations/:id/support', (c) => showRequest(c, filledForm({ minutes: '60' })))
  pages.post('/organizations/:id/support', (c) =>
    submit(c, { again: (state) => showRequest(c, state) }, async (form) => {
      const id = c.req.param('id')
      const { status } = await requestSupport(c.get('ctx'), id, {
        reason: form['reason'] ?? '',
        minutes: Number(form['minutes']),
        wantsWrite: form['wantsWrite'] === 'on',
      })
      return `${pathOf(id)}?done=${status === 'granted' ? 'approved' : 'supportAsked'}`
    }),
  )
  pages.post('/organizations/:id/support/:access/enter', async (c) => {
    const { id: organization, access: id } = c.req.param()
    const { sessionId } = sessionOf(c as never)
    const { endsAt } = await enterSupport(c.get('ctx'), { organization, id, sessionId })
    rememberSupport(c, { id, endsAt, now: clock.now() })
    return c.redirect('/console', 303)
  })
  pages.post('/organizations/:id/support/:access/leave', async (c) => {
    const { id: organization, access: id } = c.req.param()
    await leaveSupport(c.get('ctx'), { organization, id })
    return c.redirect(`${pathOf(organization)}?done=supportEnded`, 303)
  })
  return pages
}

const words = {
  never: 'The organization lets no support in. Ask its administrators to allow it in their settings, under Support.',
  on_request: 'Its administrators decide each time.',
  open: 'The organization is open to support just now.',
} as const

const tones = { requested: 'warning', granted: 'good', refused: 'quiet', entered: 'info', ended: 'quiet' } as const

type SupportPanelProps = { id: string; support: Awaited<ReturnType<typeof ownSupport>> }

/** On the page of an organization, for whoever may come in. */
export const SupportPanel = ({ id, support: { mode, accesses } }: SupportPanelProps) => (
  <Panel title="Support access" id="support" lead={words[mode]}>
    {accesses.length === 0 ? null : (
      <Table
        caption="Your support accesses"
        columns={['Why', 'What', 'Asked', 'Ends', 'Status', { label: 'Actions', isSilent: true }]}
        rows={accesses.map((access) => [
          access.reason,
          access.mayWrite
            ? 'Read and write'
            : access.wantsWrite && access.status === 'requested'
              ? 'Write asked'
              : 'Read',
          <Time at={access.requestedAt} />,
          <Time at={access.endedAt ?? access.endsAt} />,
          <Badge tone={tones[access.status]}>{access.status}</Badge>,
          <AccessAction {...{ id, access }} />,
        ])}
      />
    )}
    {mode === 'never' ? null : <LinkButton href={`${pathOf(id)}/support`}>Ask for access</LinkButton>}
  </Panel>
)

const AccessAction = ({ id, access }: { id: string; access: SupportAccess }) => {
  const base = `${pathOf(id)}/support/${access.id}`
  if (access.status === 'granted')
    return <ButtonForm action={`${base}/enter`} label="Enter the console" kind="btn-sm" />
  if (access.status === 'entered') return <ButtonForm action={`${base}/leave`} label="Leave" kind="btn-sm" />
  return null
}

async function showRequest(c: Context<PlatformEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  requireScope(frame.ctx, 'operate')
  requireFreshProof(frame.ctx)
  const { id, name } = await getPlatformOrganization(frame.ctx, c.req.param('id') ?? '')
  const page = (
    <PlatformPage
      frame={frame}
      section="organizations"
      title={`Ask ${name} for access`}
      lead="Its administrators read your name and what you write here, see every page that you open, and can end it at any time."
    >
      <PostForm action={`${pathOf(id)}/support`} state={state} class="panel">
        <Field
          {...field(state, 'reason')}
          label="Why"
          hint="In words that its administrators understand"
          maxlength={500}
        />
        <Field
          {...field(state, 'minutes')}
          label="Minutes"
          type="number"
          hint={`From entering on, ${supportMinutes.least} to ${supportMinutes.most}`}
        />
        <Check
          name="wantsWrite"
          label="To change things, too"
          hint="Only where it is granted. Rights, keys and ways in stay out of reach."
          isChecked={state.values['wantsWrite'] === 'on'}
        />
        <Buttons submit="Ask for access" back={pathOf(id)} />
      </PostForm>
    </PlatformPage>
  )
  return renderForm(c, state, page)
}
