import java.time.Duration;
import org.openqa.selenium.By;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

// Lightning shows the App Launcher to everybody, and no page before it does; a URL proves nothing.
By launcher = By.cssSelector("button[title='App Launcher']");
new WebDriverWait(driver, Duration.ofSeconds(30)).until(ExpectedConditions.visibilityOfElementLocated(launcher));
