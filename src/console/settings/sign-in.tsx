// Settings: how people sign in without a provider, what is asked of managers, and how long sessions and invitations last.
import { type Context, Hono } from 'hono'
import { getSignInPolicy, type SignInPolicy, updateSignInPolicy } from '#access/sign-in/policy/sign-in-policy.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { filledForm } from '../ui/forms.ts'
import { Panel } from '../ui/parts.tsx'
import { renderForm, submit } from '../ui/submit.ts'
import { SettingsFrame } from './settings-frame.tsx'

/** @returns an app to be mounted at `/console/settings/sign-in` */
export function createSignInSettings(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/', async (c) => showSignIn(c, formOfPolicy(await getSignInPolicy(c.get('ctx')))))

  pages.post('/', (c) =>
    submit(c, { again: (state) => showSignIn(c, state) }, async (form) => {
      await updateSignInPolicy(c.get('ctx'), {
        passwordSignIn: form['passwordSignIn'] === 'off' ? 'off' : 'allowed',
        secondFactor: form['secondFactor'] === 'required' ? 'required' : 'optional',
        managerSecondFactor: form['managerSecondFactor'] === 'required' ? 'required' : 'optional',
        freshProofMinutes: numberOr(form, 'freshProofMinutes'),
        linkedSignIn: form['linkedSignIn'] === 'accepted' ? 'accepted' : 'own',
        signInPage: form['signInPage'] === 'neutral' ? 'neutral' : 'named',
        passwordMinLength: Number(form['passwordMinLength']),
        sessionIdleMinutes: Number(form['sessionIdleMinutes']),
        sessionAbsoluteMinutes: Number(form['sessionAbsoluteMinutes']),
        invitationDays: Number(form['invitationDays']),
      })
      return '/console/settings/sign-in?done=saved'
    }),
  )
  return pages
}

/** A field that is not there stays as it is. */
const numberOr = (form: Form, name: string): number | undefined =>
  form[name] === undefined ? undefined : Number(form[name])

const formOfPolicy = (policy: SignInPolicy): FormState =>
  filledForm(Object.fromEntries(Object.entries(policy).map(([name, value]) => [name, String(value)])))

const smallPassword = 8

async function showSignIn(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const { values } = state
  const page = (
    <SettingsFrame frame={frame} tab="signIn">
      <PostForm action="/console/settings/sign-in" state={state}>
        {Number(values['passwordMinLength']) < smallPassword ? (
          <Alert kind="warning" title="Short passwords are guessed easily">
            NIST SP 800-63B asks for eight characters at least; twelve is what we suggest.
          </Alert>
        ) : null}
        <Panel
          title="Passwords"
          lead="For people without an identity provider. An enforced connection switches them off."
        >
          <Choice
            name="passwordSignIn"
            legend="Signing in with a password"
            value={values['passwordSignIn']}
            options={[
              { value: 'allowed', label: 'is allowed' },
              { value: 'off', label: 'is off' },
            ]}
          />
          <Field {...field(state, 'passwordMinLength')} label="Least number of characters" type="number" />
          <Choice
            name="secondFactor"
            legend="A second factor"
            value={values['secondFactor']}
            options={[
              { value: 'optional', label: 'is up to each person' },
              { value: 'required', label: 'is required' },
            ]}
          />
        </Panel>
        <Panel
          title="Who manages something"
          lead="Also for people who sign in through an identity provider. A second factor that the provider attests counts."
        >
          <Choice
            name="managerSecondFactor"
            legend="A second factor of managers"
            value={values['managerSecondFactor']}
            options={[
              { value: 'optional', label: 'is up to each person' },
              { value: 'required', label: 'is required' },
            ]}
          />
          <Field
            {...field(state, 'freshProofMinutes')}
            label="Minutes for which a proof counts"
            type="number"
            hint="What gives rights, keys or ways in asks who you are, unless you have shown it within this time."
          />
        </Panel>
        <Panel title="Sign-in page" lead="What it tells whoever knows the short name of the organization.">
          <Choice
            name="signInPage"
            legend="The page"
            value={values['signInPage']}
            options={[
              { value: 'named', label: 'names the organization and its ways in' },
              { value: 'neutral', label: 'tells nothing before somebody has entered their address' },
            ]}
          />
        </Panel>
        <Panel
          title="People with an account elsewhere"
          lead="People may link their account here with one that they have at another organization. You never see who has."
        >
          <Choice
            name="linkedSignIn"
            legend="To come in here, they"
            value={values['linkedSignIn']}
            options={[
              { value: 'own', label: 'sign in here' },
              {
                value: 'accepted',
                label: 'may have signed in there, with a password or passkey and a second factor',
                hint: 'Never by a provider of the other organization, and never while a connection here is enforced.',
              },
            ]}
          />
        </Panel>
        <Panel title="Sessions" lead="In minutes.">
          <Field {...field(state, 'sessionIdleMinutes')} label="End after this long without activity" type="number" />
          <Field {...field(state, 'sessionAbsoluteMinutes')} label="End after this long in any case" type="number" />
        </Panel>
        <Panel title="Invitations">
          <Field {...field(state, 'invitationDays')} label="Links are good for this many days" type="number" />
        </Panel>
        {isPermitted(frame.ctx, 'organization.write') ? <Buttons submit="Save" /> : null}
      </PostForm>
    </SettingsFrame>
  )
  return renderForm(c, state, page)
}
