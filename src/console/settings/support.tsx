// Settings: whether those who run the installation may come into this console, who asks to, and who was here.
import { type Context, Hono } from 'hono'
import {
  decideSupport,
  endSupport,
  listSupportAccesses,
  type SupportAccess,
} from '#access/organizations/support/support-accesses.ts'
import {
  getSupportConsent,
  mostOpenHours,
  type SupportConsent,
  setSupportConsent,
  supportModes,
} from '#access/organizations/support/support-consent.ts'
import { readForm } from '#http/read-form.ts'
import { Actions, Buttons, SubmitButton } from '#http/ui/buttons.tsx'
import { EmptyState, Table } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Choice, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { filledForm } from '../ui/forms.ts'
import { Badge, ButtonForm, Panel } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { SettingsFrame } from './settings-frame.tsx'

const home = '/console/settings/support'

/** @returns an app to be mounted at `/console/settings/support` */
export function createSupportPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', async (c) => show(c, formOf(await getSupportConsent(c.get('ctx')))))
  pages.post('/', (c) =>
    submit(c, { again: (state) => show(c, state) }, async (form) => {
      const mode = supportModes.find((each) => each === form['mode']) ?? 'never'
      const hours = mode === 'open' ? { hours: Number(form['hours']) } : {}
      await setSupportConsent(c.get('ctx'), { mode, mayWrite: form['mayWrite'] === 'on', ...hours })
      return `${home}?done=saved`
    }),
  )
  pages.post('/:id/decide', async (c) => {
    const { decision, mayWrite } = await readForm(c)
    await decideSupport(c.get('ctx'), {
      id: c.req.param('id'),
      decision: decision === 'grant' ? 'grant' : 'refuse',
      mayWrite: mayWrite === 'on',
    })
    return c.redirect(`${home}?done=saved`, 303)
  })
  pages.post('/:id/end', async (c) => {
    await endSupport(c.get('ctx'), c.req.param('id'))
    return c.redirect(`${home}?done=ended`, 303)
  })
  return pages
}

const formOf = ({ mode, mayWrite }: SupportConsent): FormState =>
  filledForm({ mode, mayWrite: mayWrite ? 'on' : undefined, hours: '4' })

async function show(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [consent, accesses] = await Promise.all([getSupportConsent(frame.ctx), listSupportAccesses(frame.ctx)])
  const mayDecide = isPermitted(frame.ctx, 'organization.write')
  const page = (
    <SettingsFrame
      frame={frame}
      tab="support"
      lead="People who run this installation never see your console unless you let them in. Every page that they open and everything that they change is in your audit trail."
    >
      {mayDecide ? <ConsentForm {...{ consent, state }} /> : <p>{consentWords(consent)}</p>}
      <Panel title="Who asked, and who was here" id="accesses">
        {accesses.length === 0 ? (
          <EmptyState title="Nobody" text="No operator has asked to come in." />
        ) : (
          <Table
            caption="Support accesses"
            columns={[
              'Operator',
              'Why',
              'What',
              'Asked',
              'In the console',
              'Status',
              { label: 'Actions', isSilent: true },
            ]}
            rows={accesses.map((access) => [
              access.operator,
              access.reason,
              `${whatWords(access)}, ${counted(access.minutes, 'minute')}`,
              <Time at={access.requestedAt} />,
              <Stay access={access} />,
              <Badge tone={tones[access.status]}>{access.status}</Badge>,
              mayDecide ? <AccessActions access={access} /> : null,
            ])}
          />
        )}
      </Panel>
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}

const tones = { requested: 'warning', granted: 'info', refused: 'quiet', entered: 'bad', ended: 'quiet' } as const

const whatWords = ({ wantsWrite, mayWrite, status }: SupportAccess): string => {
  if (status === 'requested') return wantsWrite ? 'Asks to change things' : 'Asks to read'
  return mayWrite ? 'May change things' : 'Reads'
}

const consentWords = ({ mode }: SupportConsent): string => modeWords[mode].label

const modeWords = {
  never: { label: 'Never', hint: 'Nobody comes in. Whoever is in is out at once.' },
  on_request: { label: 'On request, approved each time', hint: 'Administrators are told by mail and decide here.' },
  open: { label: 'For some hours, without asking', hint: 'While you work on something together.' },
} as const

const Stay = ({ access: { enteredAt, endedAt, endsAt, status } }: { access: SupportAccess }) =>
  enteredAt === null ? (
    <span>—</span>
  ) : (
    <>
      <Time at={enteredAt} /> to <Time at={status === 'entered' ? endsAt : (endedAt ?? endsAt)} />
    </>
  )

const AccessActions = ({ access: { id, operator, status, wantsWrite } }: { access: SupportAccess }) => {
  if (status === 'granted' || status === 'entered')
    return (
      <ButtonForm
        action={`${home}/${id}/end`}
        label={
          <>
            End access<span class="visually-hidden"> of {operator}</span>
          </>
        }
        kind="btn-sm btn-danger"
      />
    )
  if (status !== 'requested') return null
  return (
    <PostForm action={`${home}/${id}/decide`}>
      {wantsWrite ? <Check name="mayWrite" id={`mayWrite-${id}`} label="May change things" /> : null}
      <Actions>
        <SubmitButton label="Grant access" kind="secondary" name="decision" value="grant" />
        <SubmitButton label="Refuse access" kind="secondary" name="decision" value="refuse" />
      </Actions>
    </PostForm>
  )
}

const ConsentForm = ({ consent, state }: { consent: SupportConsent; state: FormState }) => (
  <PostForm action={home} state={state} class="panel">
    <Choice
      name="mode"
      legend="May people who run this installation come into this console?"
      value={state.values['mode']}
      options={supportModes.map((value) => ({ value, ...modeWords[value] }))}
    />
    {consent.openUntil === null ? null : (
      <p>
        Open until <Time at={consent.openUntil} />.
      </p>
    )}
    <Field
      {...field(state, 'hours')}
      label="Hours"
      type="number"
      hint={`Where it is for some hours: 1 to ${mostOpenHours}, from now on`}
      isOptional
    />
    <Check
      name="mayWrite"
      label="They may change things"
      hint="Where it is for some hours. They never give rights, and never see or make keys, tokens or links that let somebody in."
      isChecked={state.values['mayWrite'] === 'on'}
    />
    <Buttons submit="Save" />
  </PostForm>
)
