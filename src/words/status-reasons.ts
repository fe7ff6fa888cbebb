// Why somebody is inactive.
export const statusReasonWords = {
  directory: 'by their identity provider',
  directory_deleted: 'deleted by their identity provider',
  administrator: 'by an administrator',
  inactivity: 'for not being here',
  end_date: 'at an end date',
} as const
