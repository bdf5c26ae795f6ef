import java.time.Duration;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

// Page 2 asks a user with a passkey for it first. The button that leads to the password is there only then.
WebDriverWait wait = new WebDriverWait(driver, Duration.ofSeconds(30));
By username = By.id("username"), password = By.id("password"), button = By.id("Login");
By instead = By.cssSelector("#Login[value='Use Password Instead']");
wait.until(ExpectedConditions.visibilityOfElementLocated(username)).sendKeys(System.getenv("VESTIBULE_USERNAME"));
driver.findElement(button).click();
wait.until(ExpectedConditions.or(
    ExpectedConditions.visibilityOfElementLocated(password), ExpectedConditions.visibilityOfElementLocated(instead)));
for (WebElement offered : driver.findElements(instead)) offered.click();
wait.until(ExpectedConditions.visibilityOfElementLocated(password)).sendKeys(System.getenv("VESTIBULE_PASSWORD"));
driver.findElement(button).click();
