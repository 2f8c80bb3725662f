package api

import "github.com/proba-exam/proba/auth"

// writingTable is the pages on which banks are written.
func (w workbench) writingTable() table {
	return table{byCookie, []route{
		{"GET", "/workbench/writing", "writingDesk", auth.BanksRead, 0, unlimited, w.copies},
		{"GET", "/workbench/new-bank", "newBankDesk", auth.BanksWrite, 0, unlimited, w.newBank},
		{"POST", "/workbench/writing", "createBankDesk", auth.BanksWrite, maxBody, unlimited, w.createBank},
		{"POST", "/workbench/banks/:release/open", "openReleaseDesk", auth.BanksWrite, maxBody, unlimited, w.openRelease},
		{"POST", "/workbench/banks/:release/export", "exportReleaseDesk", auth.BanksRead, maxBody, unlimited, w.exportRelease},

		{"GET", "/workbench/writing/:bank", "writeBankDesk", auth.BanksRead, 0, unlimited, w.entries},
		{"GET", "/workbench/writing/:bank/about", "aboutBankDesk", auth.BanksWrite, 0, unlimited, w.aboutBank},
		{"POST", "/workbench/writing/:bank/about", "editBankDesk", auth.BanksWrite, maxBody, unlimited, w.editBank},
		{"POST", "/workbench/writing/:bank/submit", "submitItemsDesk", auth.BanksWrite, maxBody, unlimited, w.submitMany},
		{"POST", "/workbench/writing/:bank/approve", "approveItemsDesk", auth.BanksApprove, maxBody, unlimited, w.approveMany},
		{"POST", "/workbench/writing/:bank/retire", "retireItemsDesk", auth.BanksWrite, maxBody, unlimited, w.retireMany},
		{"POST", "/workbench/writing/:bank/tag", "tagItemsDesk", auth.BanksWrite, maxBody, unlimited, w.tagMany},

		{"GET", "/workbench/writing/:bank/new-item", "newItemDesk", auth.BanksWrite, 0, unlimited, w.newItem},
		{"POST", "/workbench/writing/:bank/items", "createItemDesk", auth.BanksWrite, maxBody, unlimited, w.createItem},
		{"POST", "/workbench/writing/:bank/preview", "previewItemDesk", auth.BanksWrite, maxBody, unlimited, w.previewItem},
		{"GET", "/workbench/writing/:bank/items/:item", "entryDesk", auth.BanksRead, 0, unlimited, w.entry},
		{"GET", "/workbench/writing/:bank/items/:item/edit", "itemFormDesk", auth.BanksWrite, 0, unlimited, w.itemForm},
		{"POST", "/workbench/writing/:bank/items/:item/edit", "editItemDesk", auth.BanksWrite, maxBody, unlimited, w.editItem},
		{"GET", "/workbench/writing/:bank/items/:item/changes", "changesDesk", auth.BanksRead, 0, unlimited, w.changes},
		{"GET", "/workbench/writing/:bank/items/:item/seen", "seenDesk", auth.ResultsRead, 0, unlimited, w.seen},
		{"POST", "/workbench/writing/:bank/items/:item/submit", "submitItemDesk", auth.BanksWrite, maxBody, unlimited, w.submitItem},
		{"POST", "/workbench/writing/:bank/items/:item/approve", "approveItemDesk", auth.BanksApprove, maxBody, unlimited, w.approveItem},
		{"POST", "/workbench/writing/:bank/items/:item/return", "returnItemDesk", auth.BanksApprove, maxBody, unlimited, w.returnItem},
		{"POST", "/workbench/writing/:bank/items/:item/retire", "retireItemDesk", auth.BanksWrite, maxBody, unlimited, w.retireItem},
		{"POST", "/workbench/writing/:bank/items/:item/restore", "restoreItemDesk", auth.BanksWrite, maxBody, unlimited, w.restoreItem},
		{"POST", "/workbench/writing/:bank/items/:item/comments", "commentItemDesk", auth.BanksComment, maxBody, unlimited, w.commentItem},
		{"POST", "/workbench/writing/:bank/items/:item/tags", "tagItemDesk", auth.BanksWrite, maxBody, unlimited, w.tagItem},

		{"GET", "/workbench/writing/:bank/cases", "casesDesk", auth.BanksRead, 0, unlimited, w.cases},
		{"POST", "/workbench/writing/:bank/cases", "writeCaseDesk", auth.BanksWrite, maxBody, unlimited, w.writeCase},
		{"POST", "/workbench/writing/:bank/cases/:case/approve", "approveCaseDesk", auth.BanksApprove, maxBody, unlimited, w.approveCase},

		{"GET", "/workbench/media/:medium", "mediumDesk", auth.BanksRead, 0, unlimited, w.medium},
		{"GET", "/workbench/writing/:bank/media", "mediaDesk", auth.BanksRead, 0, unlimited, w.media},
		{"POST", "/workbench/writing/:bank/media", "addMediumDesk", auth.BanksWrite, maxMediaForm, unlimited, w.addMedium},
		{"POST", "/workbench/writing/:bank/media/:medium/delete", "dropMediumDesk", auth.BanksWrite, maxBody, unlimited, w.dropMedium},

		{"GET", "/workbench/writing/:bank/release", "prospectDesk", auth.BanksRead, 0, unlimited, w.prospect},
		{"POST", "/workbench/writing/:bank/release", "releaseBankDesk", auth.BanksRelease, maxBody, unlimited, w.releaseBank},

		{"GET", "/workbench/writing/:bank/import", "importFormDesk", auth.BanksWrite, 0, unlimited, w.importForm},
		{"GET", "/workbench/writing/:bank/import/template", "tableTemplateDesk", auth.BanksWrite, 0, unlimited, w.tableTemplate},
		{"POST", "/workbench/writing/:bank/import", "checkImportDesk", auth.BanksWrite, maxImport, unlimited, w.checkImport},
		{"GET", "/workbench/writing/:bank/imports/:import", "importDesk", auth.BanksWrite, 0, unlimited, w.showImport},
		{"POST", "/workbench/writing/:bank/imports/:import/stop", "stopImportDesk", auth.BanksWrite, maxBody, unlimited, w.stopImport},
		{"POST", "/workbench/writing/:bank/imports/:import", "applyImportDesk", auth.BanksWrite, maxBody, unlimited, w.applyImport},
		{"POST", "/workbench/writing/:bank/export", "exportCopyDesk", auth.BanksRead, maxBody, unlimited, w.exportCopy},
	}}
}
