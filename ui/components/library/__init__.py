"""Parts of the pages マニュアル管理 and 整備状況: uploads, manuals, versions, what is wanted."""
