ALTER TABLE "organizations" ADD COLUMN "erase_after_days" integer DEFAULT 30 NOT NULL;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "email_change" text DEFAULT 'allowed' NOT NULL;