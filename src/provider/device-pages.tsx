// The pages of signing in on a device: the code, the question whether it is theirs, and the end.

import type { Client } from '#access/applications/clients.ts'
import { Actions, SubmitButton } from '#http/ui/buttons.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { deviceForm } from './adapter.ts'
import { routes } from './configuration.ts'

const path = routes.code_verification

export const CodePage = ({ code, isUnknown = false }: { code?: string | undefined; isUnknown?: boolean }) => (
  <CardPage
    title="Sign in on a device"
    lead="Enter the code that the device or program in front of you shows. If somebody else gave you the code, do not go on: they would be signed in as you."
  >
    <PostForm action={path}>
      <input type="hidden" name="xsrf" value={deviceForm} />
      <Field
        name="user_code"
        label="Code"
        value={code}
        error={
          isUnknown ? 'No device waits for this code, or not any more. Check it, or start again there.' : undefined
        }
        placeholder="ABCD-EFGH"
        autocomplete="off"
        maxlength={40}
        hasFocus
      />
      <Actions>
        <SubmitButton label="Continue" />
      </Actions>
    </PostForm>
  </CardPage>
)

export type ConfirmPageProps = { client: Client; organization: string; who: string | undefined; userCode: string }

export const ConfirmPage = ({ client, organization, who, userCode }: ConfirmPageProps) => (
  <CardPage
    title={`Sign in to ${client.name} there?`}
    organization={organization}
    lead={`${client.name} will be able to act for ${who ?? 'you'} on a device that shows this code. Go on only if that device is in front of you, and you have just started this there.`}
  >
    <p class="h2">
      <code>{userCode}</code>
    </p>
    <PostForm action={path}>
      <input type="hidden" name="xsrf" value={deviceForm} />
      <input type="hidden" name="user_code" value={userCode} />
      <Actions>
        <SubmitButton label="Sign in there" name="confirm" value="yes" />
        <SubmitButton label="Refuse" kind="secondary" name="abort" value="yes" />
      </Actions>
    </PostForm>
  </CardPage>
)

/** @param props.name of the application; undefined where the person refused */
export const DonePage = ({ name }: { name: string | undefined }) => (
  <CardPage
    title={name === undefined ? 'Refused' : 'You are signed in there'}
    lead={
      name === undefined
        ? 'The device was told that it is not signed in. You can close this page.'
        : `${name} goes on by itself within some seconds. You can close this page.`
    }
  >
    <p>
      <a href="/account">To my account</a>
    </p>
  </CardPage>
)
