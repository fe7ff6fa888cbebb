// The preview of changing many people.

import type { BulkPreview } from '#access/people/bulk/preview-bulk.ts'
import type { Form } from '#http/read-form.ts'
import { Actions, LinkButton, SubmitButton } from '#http/ui/buttons.tsx'
import { Alert, EmptyState, Table } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { counted } from '#words/counts.ts'
import { Figure } from '../../ui/figures.tsx'
import { ConsolePage, sectionTrail } from '../../ui/frame.tsx'
import { Badge } from '../../ui/parts.tsx'
import { StatusBadge } from '../../ui/people.tsx'
import { type Common, kinds, listHref } from './bulk-kinds.ts'

type PreviewProps = Common & { form: Form; preview: BulkPreview; isStale: boolean; at: string }

export const BulkPreviewPage = ({ frame, kind, form, preview, isStale, at }: PreviewProps) => (
  <ConsolePage
    frame={frame}
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
        <LinkButton href={listHref(form['query'])}>Back to the list</LinkButton>
      </EmptyState>
    ) : (
      <>
        <Table
          caption="Who is chosen"
          columns={['Name', 'Status', 'What happens']}
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
        <PostForm action={`/console/users/bulk/${kind}/run`} hidden={{ ...form, hash: preview.hash, at }}>
          <Actions>
            {preview.ready === 0 ? null : (
              <SubmitButton
                label={`${kinds[kind].run} ${counted(preview.ready, 'person', 'people')}`}
                kind={kind === 'deactivate' || kind === 'unassign' ? 'danger' : 'primary'}
              />
            )}
            <LinkButton href={listHref(form['query'])}>Cancel</LinkButton>
          </Actions>
        </PostForm>
      </>
    )}
  </ConsolePage>
)
