// The pages of signing in on a device: the code, the question whether it is theirs, and the end.

import type { Client } from '#access/applications/clients.ts'
import { Actions, SubmitButton } from '#http/ui/buttons.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { useWords } from '#http/ui/reader.tsx'
import { deviceForm } from './adapter.ts'
import { routes } from './configuration.ts'

const path = routes.code_verification

export const CodePage = ({ code, isUnknown = false }: { code?: string | undefined; isUnknown?: boolean }) => {
  const words = useWords()
  return (
    <CardPage title={words('device.title')} lead={words('device.lead')}>
      <PostForm action={path} hidden={{ xsrf: deviceForm }}>
        <Field
          name="user_code"
          label={words('factor.code')}
          value={code}
          error={isUnknown ? words('device.unknown') : undefined}
          placeholder="ABCD-EFGH"
          autocomplete="off"
          maxlength={40}
          hasFocus
        />
        <Actions>
          <SubmitButton label={words('frame.continue')} />
        </Actions>
      </PostForm>
    </CardPage>
  )
}

export type ConfirmPageProps = { client: Client; organization: string; who: string; userCode: string }

export const ConfirmPage = ({ client, organization, who, userCode }: ConfirmPageProps) => {
  const words = useWords()
  const application = client.name
  return (
    <CardPage
      title={words('device.confirm', { application })}
      organization={organization}
      lead={words('device.confirmLead', { application, who })}
    >
      <p class="h2">
        <code>{userCode}</code>
      </p>
      <PostForm action={path} hidden={{ xsrf: deviceForm, user_code: userCode }}>
        <Actions>
          <SubmitButton label={words('device.submit')} name="confirm" value="yes" />
          <SubmitButton label={words('device.refuse')} kind="secondary" name="abort" value="yes" />
        </Actions>
      </PostForm>
    </CardPage>
  )
}

/** @param props.name of the application; undefined where the person refused */
export const DonePage = ({ name }: { name: string | undefined }) => {
  const words = useWords()
  const [title, lead] =
    name === undefined
      ? [words('device.refused'), words('device.refusedLead')]
      : [words('device.done'), words('device.doneLead', { application: name })]
  return (
    <CardPage title={title} lead={lead}>
      <p>
        <a href="/account">{words('device.toAccount')}</a>
      </p>
    </CardPage>
  )
}
