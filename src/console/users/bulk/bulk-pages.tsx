// The preview of changing many people, and its outcome.
import type { BulkPreview } from '#access/people/bulk/preview-bulk.ts'
import type { BulkResult } from '#access/people/bulk/run-bulk.ts'
import type { Form } from '#http/read-form.ts'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { Actions, SubmitButton } from '#http/ui/forms.tsx'
import { ConsolePage, sectionTrail } from '../../ui/frame.tsx'
import { Badge, Figure } from '../../ui/parts.tsx'
import { StatusBadge } from '../../ui/people.tsx'
import { type Common, kinds, listHref } from './bulk-kinds.ts'

/** What the form said, once more, for the step after it. */
const Carried = ({ form }: { form: Form }) => (
  <>
    {Object.entries(form).map(([name, value]) =>
      name === 'hash' || name === 'at' || value === undefined ? null : (
        <input type="hidden" name={name} value={value} />
      ),
    )}
  </>
)

type PreviewProps = Common & { form: Form; preview: BulkPreview; isStale: boolean; at: string }

export const BulkPreviewPage = ({ ctx, manager, kind, form, preview, isStale, at }: PreviewProps) => (
  <ConsolePage
    {...{ ctx, manager }}
    section="users"
    title={kinds[kind].title}
    lead="Nothing is changed yet. This is what it would do, as of now."
    trail={sectionTrail('users')}
  >
    {isStale ? (
      <Alert kind="warning" title="Something has changed since you looked">
        Somebody came, left or changed meanwhile. This is the preview as of now; look at it again before you go on.
      </Alert>
    ) : null}
    <div class="figures">
      <Figure label="Chosen" value={preview.total.toLocaleString('en')} />
      <Figure label="Will be changed" value={preview.ready.toLocaleString('en')} />
      <Figure label="Kept back" value={preview.blocked.toLocaleString('en')} />
    </div>
    {preview.reasons.length === 0 ? null : (
      <Alert kind="info" title="Some are kept back">
        <ul>
          {preview.reasons.map(({ message, count }) => (
            <li>
              {count.toLocaleString('en')}: {message}
            </li>
          ))}
        </ul>
      </Alert>
    )}
    {preview.total === 0 ? (
      <EmptyState title="Nobody is chosen" text="Go back to the list and choose people, or change the filter.">
        <a class="btn" href={listHref(form['query'])}>
          Back to the list
        </a>
      </EmptyState>
    ) : (
      <>
        <Table
          caption="Who is chosen"
          columns={[{ label: 'Name' }, { label: 'Status' }, { label: 'What happens' }]}
          rows={preview.rows.map(({ id, userName, displayName, status, blocker }) => [
            <a href={`/console/users/${id}`}>{displayName ?? userName}</a>,
            <StatusBadge status={status} />,
            blocker === null ? <Badge tone="good">Will be changed</Badge> : blocker.message,
          ])}
        />
        {preview.total > preview.rows.length ? (
          <p class="lead-sentence">
            The first {preview.rows.length} of {preview.total.toLocaleString('en')} are shown.
          </p>
        ) : null}
        <form method="post" action={`/console/users/bulk/${kind}/run`}>
          <Carried form={form} />
          <input type="hidden" name="hash" value={preview.hash} />
          <input type="hidden" name="at" value={at} />
          <Actions>
            {preview.ready === 0 ? null : (
              <SubmitButton
                label={`${kinds[kind].run} ${preview.ready.toLocaleString('en')} ${preview.ready === 1 ? 'person' : 'people'}`}
                kind={kind === 'deactivate' || kind === 'unassign' ? 'danger' : 'primary'}
              />
            )}
            <a class="btn" href={listHref(form['query'])}>
              Think again
            </a>
          </Actions>
        </form>
      </>
    )}
  </ConsolePage>
)

const outcomes = {
  done: { tone: 'good', label: 'Done' },
  skipped: { tone: 'quiet', label: 'Kept back' },
  failed: { tone: 'bad', label: 'Failed' },
} as const

/** More rows than that are not read; they are counted, and those that failed come first. */
const shownOutcomes = 1_000

export const BulkResultPage = ({ ctx, manager, kind, result }: Common & { result: BulkResult }) => {
  const order = { failed: 0, skipped: 1, done: 2 }
  const sorted = result.outcomes.toSorted((a, b) => order[a.outcome] - order[b.outcome])
  return (
    <ConsolePage
      {...{ ctx, manager }}
      section="users"
      title={kinds[kind].title}
      lead="This is what came of it, person by person."
      trail={sectionTrail('users')}
      actions={
        <a class="btn btn-primary" href="/console/users">
          Back to the users
        </a>
      }
    >
      <div class="figures">
        <Figure label="Done" value={result.done.toLocaleString('en')} />
        <Figure label="Kept back" value={result.skipped.toLocaleString('en')} />
        <Figure label="Failed" value={result.failed.toLocaleString('en')} />
      </div>
      <Table
        caption="Outcomes"
        columns={[{ label: 'Name' }, { label: 'Outcome' }, { label: 'Why' }]}
        rows={sorted
          .slice(0, shownOutcomes)
          .map(({ userId, userName, displayName, outcome, message }) => [
            <a href={`/console/users/${userId}`}>{displayName ?? userName}</a>,
            <Badge tone={outcomes[outcome].tone}>{outcomes[outcome].label}</Badge>,
            message ?? '',
          ])}
      />
      {sorted.length > shownOutcomes ? (
        <p class="lead-sentence">
          The first {shownOutcomes.toLocaleString('en')} of {sorted.length.toLocaleString('en')} are shown; the audit
          trail has all of them.
        </p>
      ) : null}
    </ConsolePage>
  )
}
