ALTER TABLE "organizations" ADD COLUMN "guest_max_days" integer;--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "guest_domains" jsonb;