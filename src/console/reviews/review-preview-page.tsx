// What a review would be about if it opened now, before it is scheduled.
import type { z } from 'zod'
import type { ReviewInput, ReviewPreview } from '#access/reviews/schedule-review.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert, Facts, Table } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { counted } from '#words/counts.ts'
import { noAnswerInWords } from '#words/reviews.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'

type PageProps = { frame: Frame; form: Form; input: z.input<typeof ReviewInput>; preview: ReviewPreview }

export const ReviewPreviewPage = ({ frame, form, input, preview }: PageProps) => {
  const { lines, people, privileged, byMappings, fallback, unreviewable, reviewers } = preview
  const { noAnswer = 'keep', endDays = null } = input
  return (
    <ConsolePage
      frame={frame}
      section="reviews"
      title={`Schedule ${input.name}`}
      lead="This is what it would be about if it opened now. Nothing has happened yet."
      trail={[...sectionTrail('reviews'), { label: 'New access review', href: '/console/reviews/new' }]}
    >
      {lines === 0 ? <Alert kind="warning" title="There is nothing to review in what you have chosen" /> : null}
      {unreviewable === 0 ? null : (
        <Alert kind="warning" title={`${counted(unreviewable, 'line', 'lines')} nobody can answer`}>
          Nobody reviews their own access, and there is nobody else. When the review closes, no answer means:{' '}
          {noAnswerInWords({ noAnswer, endDays }).toLowerCase()}.
        </Alert>
      )}
      <Panel title="What is reviewed">
        <Facts
          facts={[
            { term: 'Lines', value: lines.toLocaleString('en') },
            { term: 'People', value: people.toLocaleString('en') },
            { term: 'Privileged', value: privileged.toLocaleString('en') },
            { term: 'By mappings, which only the provider can take away', value: byMappings.toLocaleString('en') },
            { term: 'Answered by somebody else than the rule says', value: fallback.toLocaleString('en') },
            { term: 'No answer means', value: noAnswerInWords({ noAnswer, endDays }) },
          ]}
        />
      </Panel>
      {reviewers.length === 0 ? null : (
        <Table
          caption="Who answers"
          columns={['Reviewer', { label: 'Lines', isNumeric: true }]}
          rows={reviewers.map(({ name, lines: theirs }) => [name, theirs.toLocaleString('en')])}
        />
      )}
      <PostForm action="/console/reviews" hidden={form}>
        <Buttons submit="Schedule the review" back="/console/reviews/new" />
      </PostForm>
    </ConsolePage>
  )
}
