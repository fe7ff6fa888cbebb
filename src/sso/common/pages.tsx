// Pages of a sign-in that ends here: refused, waiting, or a test that shows what would have happened.

import type { Trace } from '#access/sign-in/trace.ts'
import { Alert, Table } from '#http/ui/content.tsx'
import { ErrorPage } from '#http/ui/error-page.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { CardPage, Page } from '#http/ui/page.tsx'
import { InEnglish, Say, useWords } from '#http/ui/reader.tsx'
import { checkWords, ReceivedValues, TakenValues } from '#http/ui/trace-values.tsx'

/** The same words for every reason: who is refused learns a reference, an administrator the reason. */
export const RefusedPage = ({ reference }: { reference: string }) => {
  const t = useWords()
  const action = { label: t('frame.backToSignIn'), href: '/login' }
  return <ErrorPage title={t('refused.title')} advice={t('refused.advice')} reference={reference} action={action} />
}

/** The person turned back at the provider, which they know best. */
export const CancelledPage = () => (
  <CardPage title={useWords()('cancelled.title')} lead={<Say of="cancelled.lead" />}>
    <p>
      <Say of="cancelled.text" />
    </p>
    <p class="mt-3">
      <a class="btn btn-primary w-100" href="/login">
        <Say of="frame.backToSignIn" />
      </a>
    </p>
  </CardPage>
)

/** The same of a test, which says nothing of the connection then. */
export const CancelledTestPage = () => (
  <InEnglish>
    <CardPage title="You turned back" lead="You turned back at the provider; nothing was tested.">
      <p>
        Begin the test again where you began it, and finish the sign-in there. You can close this page: the set-up is
        open in another tab.
      </p>
    </CardPage>
  </InEnglish>
)

export const PendingPage = ({ reference }: { reference: string }) => (
  <CardPage title={useWords()('pending.title')} lead={<Say of="pending.lead" />}>
    <p>
      <Say of="pending.text" />
    </p>
    <p class="reference">
      <Say of="frame.reference" /> <code>{reference}</code>
    </p>
  </CardPage>
)

/** Another person is signed in here: an identity provider's own start must not swap them unseen. */
export const SwapPage = ({ action, name }: { action: string; name: string }) => (
  <CardPage title={useWords()('swap.title')} lead={<Say of="swap.lead" />}>
    <p>
      <Say of="swap.text" values={{ name, b: (words) => <strong>{words}</strong> }} />
    </p>
    <PostForm action={action}>
      <button class="btn btn-primary w-100" type="submit">
        <Say of="swap.continue" values={{ name }} />
      </button>
    </PostForm>
    <p class="mt-3">
      <a class="btn w-100" href="/account">
        <Say of="swap.stay" />
      </a>
    </p>
  </CardPage>
)

const marks = { ok: 'Passed', failed: 'Refused', note: 'Note' } as const

/** What an administrator sees of an attempt or a test. */
export const TestPage = ({ messageChecks, ...props }: TestProps & { messageChecks: number | undefined }) => (
  <InEnglish>
    {messageChecks === undefined ? <WholeTest {...props} /> : <MessageTest {...props} messageChecks={messageChecks} />}
  </InEnglish>
)

type TestProps = { trace: Trace; reference: string; verdict: string | null }

/** For whoever sets up the provider by a link: what it sent, and nothing about the people of the organization. */
const MessageTest = ({ trace, reference, messageChecks }: TestProps & { messageChecks: number }) => (
  <Page title="Test sign-in" lead="Nobody was signed in and nothing was changed.">
    <Alert kind="success" title="Your provider’s message is right">
      The organization decides who may sign in. Its administrators can see the details under the reference below.
    </Alert>
    <Received trace={trace} />
    <Checks steps={trace.steps.slice(0, messageChecks)} />
    <TestEnd reference={reference} />
  </Page>
)

const WholeTest = ({ trace, reference, verdict }: TestProps) => (
  <Page wide title="Test sign-in" lead="Nobody was signed in and nothing was changed.">
    {verdict === null ? (
      <Alert kind="success" title="This sign-in would work">
        The person would be let in as shown below.
      </Alert>
    ) : (
      <Alert kind="danger" title="This sign-in would be refused">
        {verdict}
      </Alert>
    )}
    {verdict === null ? <WouldBecome access={trace.mapped['access']} /> : null}
    <div class="columns">
      <div>
        <Received trace={trace} />
      </div>
      <div>
        <h2>What was taken from it</h2>
        <TakenValues mapped={trace.mapped} />
      </div>
    </div>
    <Checks steps={trace.steps} />
    <TestEnd reference={reference} />
  </Page>
)

const Received = ({ trace }: { trace: Trace }) => (
  <>
    <h2>What was received</h2>
    <ReceivedValues received={trace.received} />
  </>
)

const Checks = ({ steps }: { steps: Trace['steps'] }) => (
  <>
    <h2>Checks</h2>
    <Table
      caption="Checks, in the order in which they were made"
      columns={['Check', 'Result', 'Detail']}
      rows={steps.map(({ check, result, detail }) => [checkWords(check), marks[result], detail ?? ''])}
    />
  </>
)

const TestEnd = ({ reference }: { reference: string }) => (
  <>
    <p>You can close this page: where a set-up is open in another tab, its step has ticked itself.</p>
    <p class="reference">
      Reference <code>{reference}</code>
    </p>
  </>
)

const WouldBecome = ({ access }: { access: unknown }) => (
  <>
    <h2>What they would become</h2>
    {Array.isArray(access) && access.length > 0 ? (
      <ul>
        {access.map((line) => (
          <li>{String(line)}</li>
        ))}
      </ul>
    ) : (
      <p>
        They would be signed in without any role: none of their groups is mapped to one, and none is given directly.
      </p>
    )}
  </>
)
