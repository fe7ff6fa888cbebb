ALTER TABLE "change_drafts" ADD COLUMN "hands" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "change_drafts" ADD COLUMN "made_at" timestamp with time zone;--> statement-breakpoint
UPDATE change_drafts SET hands = to_jsonb(ARRAY[created_by, changed_by]);--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON COLUMN change_drafts.hands IS 'Whoever has made or changed it, by whatever way: none of them is the second person.';
  COMMENT ON COLUMN change_drafts.made_at IS 'When it was made, by the clock of the database: what has changed since is not taken back over.';
END $do$;
