// Settings: the organization itself, people from outside, and how long things are kept.
import { type Context, Hono } from 'hono'
import { getSeatUse } from '#access/organizations/seats.ts'
import { getSettings, type OrganizationSettings, updateSettings } from '#access/organizations/settings.ts'
import { emailChanges } from '#directory/email-change.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Choice, Field } from '#http/ui/forms.tsx'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { filledForm, textOf } from '../ui/forms.ts'
import { Panel, TextArea } from '../ui/parts.tsx'
import { seatsInWords } from '../ui/seats.ts'
import { renderForm, submit } from '../ui/submit.ts'
import { SettingsFrame } from './settings-frame.tsx'

/** @returns an app to be mounted at `/console/settings` */
export function createGeneral(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => showGeneral(c, formOf(await getSettings(c.get('ctx')))))

  pages.post('/', (c) =>
    submit(c, { again: (state) => showGeneral(c, state) }, async (form) => {
      await updateSettings(c.get('ctx'), {
        name: form['name'] ?? '',
        accessContact: textOf(form, 'accessContact') ?? null,
        personalMailDomains: listOf(form, 'personalMailDomains'),
        endDateGraceDays: numberOf(form, 'endDateGraceDays'),
        guestMaxDays: numberOf(form, 'guestMaxDays'),
        guestDomains: listOf(form, 'guestDomains'),
        provisioningLogDays: Number(form['provisioningLogDays']),
        signInTraceDays: Number(form['signInTraceDays']),
        mailDays: Number(form['mailDays']),
        eraseAfterDays: Number(form['eraseAfterDays']),
        eraseDeleted: form['eraseDeleted'] === 'on',
        reservedDays: Number(form['reservedDays']),
        emailChange: emailChanges.find((each) => each === form['emailChange']) ?? 'verified',
        reactivation: form['reactivation'] === 'by_anyone' ? 'by_anyone' : 'by_holder',
      })
      return '/console/settings?done=saved'
    }),
  )
  return pages
}

const listOf = (form: Form, name: string): string[] | null =>
  textOf(form, name)
    ?.toLowerCase()
    .split(/[\s,;]+/) ?? null

/** Empty: null. */
function numberOf(form: Form, name: string): number | null {
  const text = textOf(form, name)
  return text === undefined ? null : Number(text)
}

const formOf = (settings: OrganizationSettings): FormState =>
  filledForm({
    name: settings.name,
    accessContact: settings.accessContact ?? '',
    personalMailDomains: settings.personalMailDomains?.join('\n') ?? '',
    guestMaxDays: settings.guestMaxDays === null ? '' : String(settings.guestMaxDays),
    guestDomains: settings.guestDomains?.join('\n') ?? '',
    endDateGraceDays: settings.endDateGraceDays === null ? '' : String(settings.endDateGraceDays),
    provisioningLogDays: String(settings.provisioningLogDays),
    signInTraceDays: String(settings.signInTraceDays),
    mailDays: String(settings.mailDays),
    eraseAfterDays: String(settings.eraseAfterDays),
    eraseDeleted: settings.eraseDeleted ? 'on' : undefined,
    reservedDays: String(settings.reservedDays),
    emailChange: settings.emailChange,
    reactivation: settings.reactivation,
  })

async function showGeneral(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const seats = await getSeatUse(frame.ctx)
  const { values, errors } = state
  const number = (name: string, label: string, hint?: string) => (
    <Field
      {...{ name, label, type: 'number', value: values[name], error: errors[name] }}
      {...(hint === undefined ? {} : { hint })}
    />
  )
  const domains = (name: string, label: string, hint: string) => (
    <TextArea
      {...{ name, label, hint, value: values[name] }}
      error={Object.entries(errors).find(([path]) => path.startsWith(name))?.[1]}
      isOptional
    />
  )
  const page = (
    <SettingsFrame frame={frame} tab="general">
      {seats.limit === null ? null : (
        <Alert
          kind={seats.used < seats.limit.seats ? 'info' : 'warning'}
          title={`Active users: ${seatsInWords(seats.used, seats.limit)}`}
        >
          The platform sets this limit. Nobody who is active is deactivated because of it.
        </Alert>
      )}
      <PostForm action="/console/settings" state={state}>
        <Panel title="Organization">
          <Field {...field(state, 'name')} label="Name" maxlength={200} />
          <Field
            {...field(state, 'accessContact')}
            label="Whom to ask for access"
            hint="Shown on every page that refuses somebody: a name, an address, a sentence."
            maxlength={300}
            isOptional
          />
          {domains(
            'personalMailDomains',
            'Personal mail',
            'Domains that invitations warn of, one a line; empty for the usual ones.',
          )}
        </Panel>
        <Panel
          title="People from outside"
          lead="People whom no directory manages and who have no address in a verified domain."
        >
          <Field
            {...field(state, 'guestMaxDays')}
            label="They hold what they are given for this many days at most"
            type="number"
            hint="Empty: also without an end. It counts for what is given or extended from now on."
            isOptional
          />
          {domains('guestDomains', 'They are invited at', 'Domains, one a line; empty for any.')}
        </Panel>
        <Panel title="Addresses">
          <Choice
            name="emailChange"
            legend="People’s user names and e-mail addresses are changed"
            value={values['emailChange']}
            options={[
              {
                value: 'verified',
                label: 'by administrators, by directories, and by people themselves once a link has proven the new one',
              },
              { value: 'directory_only', label: 'by directories alone' },
              { value: 'never', label: 'never; what a directory says waits for an administrator to accept it' },
            ]}
          />
        </Panel>
        <Panel title="Who was switched off">
          <Choice
            name="reactivation"
            legend="Is switched on again by"
            value={values['reactivation']}
            options={[
              { value: 'by_holder', label: 'the side that switched them off: their directory, or administrators here' },
              { value: 'by_anyone', label: 'either side' },
            ]}
          />
        </Panel>
        <Panel title="When somebody's time is over">
          <Field
            {...field(state, 'endDateGraceDays')}
            label="Deactivate people this many days after their last assignment has ended"
            type="number"
            hint="Empty: they stay, without access. People of a directory are left to it."
            isOptional
          />
        </Panel>
        <Panel title="How long things are kept" lead="In days. The audit trail is kept permanently.">
          {number('provisioningLogDays', 'Provisioning log')}
          {number('signInTraceDays', 'Traces of sign-ins')}
          {number('mailDays', 'Mails')}
          {number(
            'eraseAfterDays',
            'Inactive and deleted people',
            'Days before inactive users can be erased. Deleted users can be restored until then.',
          )}
          {number(
            'reservedDays',
            'Names and addresses that were somebody’s',
            'Days before anybody else can have them after a user was deleted, erased or renamed. 0: immediately.',
          )}
          <Check
            name="eraseDeleted"
            label="Erase deleted people by itself after that time"
            hint="Otherwise they wait under Deleted people for somebody to erase them."
            isChecked={values['eraseDeleted'] === 'on'}
          />
        </Panel>
        {isPermitted(frame.ctx, 'organization.write') ? <Buttons submit="Save" /> : null}
      </PostForm>
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}
